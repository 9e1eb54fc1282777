using Reranker.LoadTest.Requests;

namespace Reranker.LoadTest.Texts;

/// <summary>Requests of random passages of a corpus.</summary>
internal static class RandomBodies
{
    /// <summary>
    /// Makes requests. No passage comes twice in one request, unless it has
    /// more of them than there are: a server may score equal ones once.
    /// </summary>
    public static IReadOnlyList<LoadBody> Create(Random random, int count, IReadOnlyList<string> queries, Corpus corpus, PassageRange range)
    {
        var order = Enumerable.Range(0, corpus.Passages.Count).ToArray();
        var bodies = new LoadBody[count];
        for (var i = 0; i < count; i++)
        {
            random.Shuffle(order);
            var passages = random.Next(range.Min, range.Max + 1);
            bodies[i] = LoadBody.Create(
                queries[random.Next(queries.Count)],
                [.. Enumerable.Range(0, passages).Select(p => corpus.Passages[order[p % order.Length]])]);
        }

        return bodies;
    }
}
