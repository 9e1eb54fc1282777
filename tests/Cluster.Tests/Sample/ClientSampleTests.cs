using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;
using Reranker.TestKit.Processes;

namespace Reranker.Cluster.Tests.Sample;

/// <summary>The sample service as its README starts it, with each way to find the silos.</summary>
public sealed class ClientSampleTests(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    [Fact(Timeout = 90_000)]
    public async Task A_service_with_a_fixed_list_starts_before_its_silo_and_ranks_when_it_is_there()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var http = LoopbackPorts.Take();
        await using var silo = LocalSilo.Start(model.Folder);
        await using var service = Start(http, "Gateways", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{silo.GatewayPort}"));
        await AssertRanksAsync(http, cancellation);
        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.WaitForExitAsync(cancellation));
    }

    [Theory(Timeout = 90_000)]
    [InlineData(RedisServer.Redis)]
    [InlineData(PostgreSqlServer.PostgreSql)]
    public async Task A_service_finds_silos_in_a_membership_store(string clustering)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(clustering);
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);
        var http = LoopbackPorts.Take();
        await using var service = Start(http, clustering, store.ConnectionString);
        await cluster.AddSilo().LaunchAsync();
        await AssertRanksAsync(http, cancellation);
    }

    /// <summary>Starts the service, and asks until it has an answer; then once more for the answer in parts.</summary>
    internal static async Task<(JsonElement Hits, JsonElement[] Parts)> SearchAsync(string key, string value, CancellationToken cancellation)
    {
        var port = LoopbackPorts.Take();
        await using var service = Start(port, key, value);
        var hits = await SearchAsync(port, cancellation);
        using var http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        var events = await http.GetStringAsync(new Uri("/search/parts?q=battery", UriKind.Relative), cancellation);
        const string Data = "data: ";
        return (hits, [.. events.Split('\n').Where(static line => line.StartsWith(Data, StringComparison.Ordinal))
            .Select(static line => JsonDocument.Parse(line[Data.Length..]).RootElement)]);
    }

    private static async Task AssertRanksAsync(int port, CancellationToken cancellation)
    {
        var hits = await SearchAsync(port, cancellation);
        Assert.Equal(3, hits.GetArrayLength());
        var relevance = hits.EnumerateArray().Select(static h => h.GetProperty("relevance").GetDouble()).ToArray();
        Assert.Equal(relevance.OrderDescending(), relevance);
        Assert.All(relevance, static r => Assert.InRange(r, 0, 1));
    }

    private static async Task<JsonElement> SearchAsync(int port, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        JsonElement hits = default;
        while (hits.ValueKind != JsonValueKind.Array)
        {
            try
            {
                using var response = await http.GetAsync(new Uri("/search?q=battery", UriKind.Relative), cancellation);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    hits = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
                    continue;
                }

                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(100, cancellation);
        }

        return hits;
    }

    private static ProgramProcess Start(int port, string key, string value)
        => ProgramProcess.Start(
            Path.Combine(AppContext.BaseDirectory, "ClientSample.dll"),
            [],
            environment: new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
                [key] = value,
            });
}
