using System.Net.Http.Json;
using System.Text.Json.Serialization;

namespace DocsSearch;

/// <summary>The HTTP API in Cohere's dialect; any server that speaks it would do.</summary>
public sealed class RerankApi(HttpClient http)
{
    /// <summary>Orders passages by their relevance to a question.</summary>
    public async Task<IReadOnlyList<(Passage Passage, double Relevance)>> RankAsync(string question, IReadOnlyList<Passage> passages)
    {
        using var response = await http.PostAsJsonAsync(new Uri("v2/rerank", UriKind.Relative), new Request(question, [.. passages.Select(static p => p.Text)]));
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"The server answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }

        var reply = await response.Content.ReadFromJsonAsync<Reply>();
        return [.. reply!.Results.Select(r => (passages[r.Index], r.Relevance))];
    }

    private sealed record Request([property: JsonPropertyName("query")] string Query, [property: JsonPropertyName("documents")] string[] Documents);

    private sealed record Reply([property: JsonPropertyName("results")] Result[] Results);

    private sealed record Result([property: JsonPropertyName("index")] int Index, [property: JsonPropertyName("relevance_score")] double Relevance);
}
