using System.Text.Json;

namespace Reranker.LoadTest.Requests;

/// <summary>One request, written once and sent many times.</summary>
/// <param name="Query">Its query.</param>
/// <param name="Passages">Its passages.</param>
/// <param name="Json">The request in TEI's dialect, raw logits asked for.</param>
internal sealed record LoadBody(string Query, IReadOnlyList<string> Passages, ReadOnlyMemory<byte> Json)
{
    /// <summary>The logits that its answer must have, in the passages' order; null when nobody checks.</summary>
    public float[]? Expected { get; set; }

    /// <summary>Writes a request.</summary>
    public static LoadBody Create(string query, IReadOnlyList<string> passages)
        => new(query, passages, JsonSerializer.SerializeToUtf8Bytes(new { query, texts = passages, raw_scores = true, truncate = true }));
}
