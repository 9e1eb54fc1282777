using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Reranker.LoadTest;

/// <summary>The gateway as a client sees it: TEI's dialect with raw logits.</summary>
internal sealed class RerankEndpoint : IDisposable
{
    private readonly HttpClient _http;

    public RerankEndpoint(LoadOptions options)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue })
        {
            BaseAddress = options.Url,
            // The gateway ends a request at its deadline; this is for a gateway that does not.
            Timeout = options.Deadline + TimeSpan.FromSeconds(5),
        };
        _http.DefaultRequestHeaders.Add("X-Request-Timeout-Ms", options.Deadline.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture));
        if (options.ApiKey is { } key)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>Ranks, and returns the logits in the passages' order.</summary>
    /// <exception cref="RequestFailedException">The answer was an error, or not one score for each passage.</exception>
    public async Task<float[]> RankAsync(string query, IReadOnlyList<string> passages, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.PostAsJsonAsync("/rerank", new Body(query, passages, true, true), cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new RequestFailedException(((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
            }

            var ranks = await response.Content.ReadFromJsonAsync<Rank[]>(cancellationToken) ?? [];
            return InOrder(ranks, passages.Count);
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException
            || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new RequestFailedException(e is HttpRequestException h ? $"http {h.HttpRequestError}" : e.GetType().Name, e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static float[] InOrder(Rank[] ranks, int count)
    {
        var logits = new float[count];
        Array.Fill(logits, float.NaN);
        foreach (var rank in ranks)
        {
            if (rank.Index < 0 || rank.Index >= count || !float.IsNaN(logits[rank.Index]))
            {
                throw new RequestFailedException("wrong index");
            }

            logits[rank.Index] = rank.Score;
        }

        return logits.Any(float.IsNaN) ? throw new RequestFailedException("missing score") : logits;
    }

    // The field names are TEI's; the JSON serializer's web defaults would write rawScores.
    private sealed record Body(
        [property: System.Text.Json.Serialization.JsonPropertyName("query")] string Query,
        [property: System.Text.Json.Serialization.JsonPropertyName("texts")] IReadOnlyList<string> Texts,
        [property: System.Text.Json.Serialization.JsonPropertyName("raw_scores")] bool RawScores,
        [property: System.Text.Json.Serialization.JsonPropertyName("truncate")] bool Truncate);

    private sealed record Rank(int Index, float Score);
}
