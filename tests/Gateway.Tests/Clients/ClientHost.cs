using System.Text.Json;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Clients;

/// <summary>
/// A gateway with a key, for requests that are built and replies that are read as a client of Python does it. Scores grow with a passage's
/// length, so that the second of <see cref="Documents"/> is the best.
/// </summary>
internal sealed class ClientHost : IAsyncDisposable
{
    public const string Key = "a-key-of-the-clients";
    public const string Query = "q";

    /// <summary>Score of the first of <see cref="Documents"/>.</summary>
    public const double Low = 0.289050497374996;

    /// <summary>Score of the second.</summary>
    public const double High = 0.5;

    private ClientHost(GatewayHost gateway) => Gateway = gateway;

    public static string[] Documents { get; } = ["a", "0123456789"];

    /// <summary>The same as NIM's clients send them.</summary>
    public static object[] Passages { get; } = [.. Documents.Select(static text => new { text })];

    public GatewayHost Gateway { get; }

    /// <summary>Where it listens, without a slash at the end, as people write base URLs.</summary>
    public string Url => Gateway.Http.BaseAddress!.ToString().TrimEnd('/');

    /// <summary>Names that clients have built in stand for the model that is served.</summary>
    public static async Task<ClientHost> StartAsync() => new(await GatewayHost.StartAsync(
        ("ApiKeys:0:Tenant", "clients"), ("ApiKeys:0:Key", Key), ("ModelAliases:0:Name", "*"), ("ModelAliases:0:Target", "")));

    /// <summary>What <c>json=</c> sends of an object: fields that are null are sent as null.</summary>
    public Task<Answer> PostAsync(string url, object body, string? authorization = $"Bearer {Key}") => SendAsync(HttpMethod.Post, url, JsonSerializer.Serialize(body), authorization);

    public Task<Answer> GetAsync(string url, string? authorization = $"Bearer {Key}") => SendAsync(HttpMethod.Get, url, body: null, authorization);

    /// <summary>A success, read as JSON.</summary>
    public async Task<JsonElement> RerankAsync(string url, object body, string? authorization = $"Bearer {Key}")
    {
        var answer = await PostAsync(url, body, authorization);
        Assert.True(answer.Status == 200, answer.Body);
        return answer.Json;
    }

    /// <summary>Checks a ranking of <see cref="Documents"/>.</summary>
    public static void AssertRanked(IEnumerable<(int Index, double Score)> ranking) => Assert.Equal(
        [(1, High), (0, Math.Round(Low, 5))], ranking.Select(static r => (r.Index, Math.Round(r.Score, 5))));

    /// <summary>Reads entries that have an index and a score under a name; an entry without either throws, as a subscript in Python does.</summary>
    public static IEnumerable<(int Index, double Score)> ReadEntries(JsonElement list, string score) =>
        list.EnumerateArray().Select(entry => (entry.GetProperty("index").GetInt32(), entry.GetProperty(score).GetDouble()));

    /// <summary>Python's <c>urljoin</c>: an absolute path takes the place of the whole path of the base.</summary>
    public static string JoinUrl(string baseUrl, string path) => new Uri(new Uri(baseUrl), path).ToString();

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();

    private async Task<Answer> SendAsync(HttpMethod method, string url, string? body, string? authorization)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await Gateway.SendAsync(request);
    }
}
