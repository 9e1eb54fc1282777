using Reranker.Inference.Engines;
using Reranker.Inference.Tokenization;

namespace Reranker.Onnx.Verification;

/// <summary>
/// Ranks the candidates of labelled queries with an engine and measures nDCG@10 (Järvelin and Kekäläinen, "Cumulated
/// gain-based evaluation of IR techniques", 2002). With one relevant candidate it is 1 / log2(rank + 1) up to rank 10.
/// </summary>
public sealed class RankingEvaluation(IPairTokenizer tokenizer, IInferenceEngine engine)
{
    private const int Depth = 10;

    /// <summary>Ranks all queries, as many at once as the engine has lanes.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="progress">Told the number of queries ranked so far, or null.</param>
    /// <param name="cancellationToken">Ends the evaluation.</param>
    /// <exception cref="EngineException">The engine failed.</exception>
    public async Task<RankingReport> RunAsync(
        IAsyncEnumerable<RankingQuery> queries, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var results = new List<(string Set, double Ndcg)>();
        var lanes = new Stack<IEngineLane>();
        try
        {
            for (var i = 0; i < engine.Description.Lanes; i++)
            {
                lanes.Push(engine.CreateLane());
            }

            var options = new ParallelOptions { MaxDegreeOfParallelism = lanes.Count, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(queries, options, async (query, token) =>
            {
                var ndcg = ComputeNdcg(await RankRelevantAsync(query, lanes, token));
                lock (results)
                {
                    results.Add((query.Set, ndcg));
                    progress?.Report(results.Count);
                }
            });
        }
        finally
        {
            foreach (var lane in lanes)
            {
                lane.Dispose();
            }
        }

        return new RankingReport(results.GroupBy(r => r.Set).OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => new RankingSetResult(g.Count(), g.Average(r => r.Ndcg))));
    }

    /// <summary>nDCG@10 of one relevant candidate at a rank, counted from 1.</summary>
    internal static double ComputeNdcg(int rank) => rank <= Depth ? 1 / Math.Log2(rank + 1) : 0;

    /// <summary>Rank of the relevant candidate; candidates with the same logit rank before it, so that ties earn nothing.</summary>
    internal static int FindRank(ReadOnlySpan<float> logits, int relevant)
    {
        var rank = 1;
        for (var i = 0; i < logits.Length; i++)
        {
            rank += i != relevant && logits[i] >= logits[relevant] ? 1 : 0;
        }

        return rank;
    }

    private async Task<int> RankRelevantAsync(RankingQuery query, Stack<IEngineLane> lanes, CancellationToken cancellationToken)
    {
        var rule = new TruncationRule(engine.Description.MaxPairTokens);
        var request = await tokenizer.TokenizeAsync(query.Query, query.Documents, rule, cancellationToken);
        var pairs = Enumerable.Range(0, query.Documents.Count).Select(i => JoinPair(request, i)).ToArray();
        var logits = new float[pairs.Length];
        IEngineLane lane;
        lock (lanes)
        {
            lane = lanes.Pop();
        }

        try
        {
            ScorePairs(lane, pairs, logits, cancellationToken);
        }
        finally
        {
            lock (lanes)
            {
                lanes.Push(lane);
            }
        }

        return FindRank(logits, query.Relevant);
    }

    private void ScorePairs(IEngineLane lane, int[][] pairs, float[] logits, CancellationToken cancellationToken)
    {
        // By length, so that a padding engine pads little.
        var order = Enumerable.Range(0, pairs.Length).OrderBy(i => pairs[i].Length).ToArray();
        for (var first = 0; first < order.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = CountBatchPairs(pairs, order.AsSpan(first));
            var batch = order.Skip(first).Take(count).Select(i => new ReadOnlyMemory<int>(pairs[i])).ToArray();
            var scores = new float[count];
            lane.Run(batch, scores);
            for (var i = 0; i < count; i++)
            {
                logits[order[first + i]] = scores[i];
            }

            first += count;
        }
    }

    private int CountBatchPairs(int[][] pairs, ReadOnlySpan<int> order)
    {
        var count = 1;
        while (count < order.Length
            && count < engine.Description.MaxBatchPairs
            && (count + 1) * pairs[order[count]].Length <= engine.Description.MaxBatchTokens)
        {
            count++;
        }

        return count;
    }

    private static int[] JoinPair(TokenizedRequest request, int index)
    {
        var ids = new int[request.CountPairTokens(index)];
        request.CopyPair(index, ids);
        return ids;
    }
}
