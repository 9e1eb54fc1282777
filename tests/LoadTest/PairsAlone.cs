using System.Collections.Concurrent;

namespace Reranker.LoadTest;

/// <summary>
/// Logits of pairs that were sent alone, one a request. Under load every score must equal its pair's score alone: a score
/// may not depend on who shares the batch.
/// </summary>
internal sealed class PairsAlone
{
    private readonly ConcurrentDictionary<(int Query, int Passage), float> _logits = new();

    /// <summary>Scores every pair of the corpus that a run may use, a few at a time.</summary>
    public static async Task<PairsAlone> ScoreAsync(
        RerankEndpoint endpoint, Corpus corpus, int queries, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var alone = new PairsAlone();
        var total = queries * corpus.Passages.Count;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, total),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                var pair = (Query: i / corpus.Passages.Count, Passage: i % corpus.Passages.Count);
                var logits = await endpoint.RankAsync(Corpus.Queries[pair.Query], [corpus.Passages[pair.Passage]], token);
                alone._logits[pair] = logits[0];
                progress.Report((double)alone._logits.Count / total);
            });
        return alone;
    }

    /// <summary>The logit of a pair alone.</summary>
    public float Logit(int query, int passage) => _logits[(query, passage)];
}
