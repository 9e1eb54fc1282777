using System.Text.Json;

namespace Reranker.LoadTest.Texts;

/// <summary>One request, written once and sent many times.</summary>
/// <param name="Query">Its query.</param>
/// <param name="Passages">Its passages.</param>
/// <param name="Json">The request in TEI's dialect, raw logits asked for.</param>
internal sealed record LoadBody(string Query, IReadOnlyList<string> Passages, ReadOnlyMemory<byte> Json)
{
    /// <summary>The logits that its answer must have, in the passages' order; null when nobody checks.</summary>
    public float[]? Expected { get; set; }

    /// <summary>Writes a request.</summary>
    public static LoadBody Of(string query, IReadOnlyList<string> passages)
        => new(query, passages, JsonSerializer.SerializeToUtf8Bytes(new { query, texts = passages, raw_scores = true, truncate = true }));

    /// <summary>
    /// Makes requests. No passage comes twice in one request,
    /// unless it has more of them than there are: a server may score equal ones once.
    /// </summary>
    public static IReadOnlyList<LoadBody> Draw(Random random, int count, IReadOnlyList<string> queries, Corpus corpus, PassageRange range)
    {
        var order = Enumerable.Range(0, corpus.Passages.Count).ToArray();
        var bodies = new LoadBody[count];
        for (var i = 0; i < count; i++)
        {
            random.Shuffle(order);
            var passages = random.Next(range.Min, range.Max + 1);
            bodies[i] = Of(
                queries[random.Next(queries.Count)],
                [.. Enumerable.Range(0, passages).Select(p => corpus.Passages[order[p % order.Length]])]);
        }

        return bodies;
    }
}
