using Reranker.Inference.Engines;
using Reranker.Inference.Tokenization;

namespace Reranker.Onnx.Verification.Ranking;

/// <summary>
/// Scores the candidates of labelled queries with an engine.
/// </summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="engine">The model.</param>
/// <param name="longTexts">What becomes of candidates that are too long; null cuts them. Its limit of a pair is the engine's at most.</param>
public sealed class RankingEvaluation(IPairTokenizer tokenizer, IInferenceEngine engine, TruncationRule? longTexts = null)
{
    private const int Depth = 10;

    private int _cutDocuments;

    /// <summary>Documents so far of which the model did not read all, because they or their query are too long.</summary>
    public int CutDocuments => Volatile.Read(ref _cutDocuments);

    /// <summary>Scores all queries, as many at once as the engine has lanes.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="progress">Told the number of queries scored so far, or null.</param>
    /// <param name="cancellationToken">Ends the evaluation.</param>
    /// <returns>Their logits, in the order of the queries.</returns>
    /// <exception cref="EngineException">The engine failed.</exception>
    public async Task<IReadOnlyList<RankedQuery>> ScoreAsync(
        IAsyncEnumerable<RankingQuery> queries, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var results = new SortedDictionary<int, RankedQuery>();
        var lanes = new Stack<IEngineLane>();
        try
        {
            for (var i = 0; i < engine.Description.Lanes; i++)
            {
                lanes.Push(engine.CreateLane());
            }

            var options = new ParallelOptions { MaxDegreeOfParallelism = lanes.Count, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(queries.Select((query, at) => (query, at)), options, async (item, token) =>
            {
                var (query, at) = item;
                var ranked = new RankedQuery(query.Set, query.Lang, query.Relevant, await ScoreQueryAsync(query, lanes, token));
                lock (results)
                {
                    results.Add(at, ranked);
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

        return [.. results.Values];
    }

    /// <summary>Ranks all queries and measures nDCG@10 of each set.</summary>
    /// <inheritdoc cref="ScoreAsync"/>
    public async Task<RankingReport> RunAsync(
        IAsyncEnumerable<RankingQuery> queries, IProgress<int>? progress, CancellationToken cancellationToken)
        => new((await ScoreAsync(queries, progress, cancellationToken)).GroupBy(q => q.Set).OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => new RankingSetResult(g.Count(), g.Average(q => q.ComputeNdcg(Depth)))));

    private async Task<float[]> ScoreQueryAsync(RankingQuery query, Stack<IEngineLane> lanes, CancellationToken cancellationToken)
    {
        var most = engine.Description.MaxPairTokens;
        var rule = (longTexts ?? new TruncationRule(most)) with { MaxPairTokens = Math.Min(longTexts?.MaxPairTokens ?? most, most), SpecialTokens = tokenizer.Template.SpecialTokens };
        var request = await tokenizer.TokenizeAsync(query.Query, query.Documents, rule, cancellationToken);
        Interlocked.Add(ref _cutDocuments, CountCut(request));
        var chunks = Enumerable.Range(0, query.Documents.Count).SelectMany(document => SentenceChunks
            .FindRanges(request.PassageIds[document].Length, request.QueryIds.Length, rule, request.SentenceEnds?[document])
            .Select(range => (Document: document, range.Start, range.Length))).ToArray();
        var cut = request.SelectPassages(Array.ConvertAll(chunks, static c => c.Document)) with
        {
            PassageIds = Array.ConvertAll(chunks, c => request.PassageIds[c.Document].AsSpan(c.Start, c.Length).ToArray()),
        };
        var pairs = Enumerable.Range(0, chunks.Length).Select(i => JoinPair(cut, i)).ToArray();
        var scores = new float[pairs.Length];
        IEngineLane lane;
        lock (lanes)
        {
            lane = lanes.Pop();
        }

        try
        {
            ScorePairs(lane, pairs, scores, cancellationToken);
        }
        finally
        {
            lock (lanes)
            {
                lanes.Push(lane);
            }
        }

        var logits = new float[query.Documents.Count];
        Array.Fill(logits, float.NegativeInfinity);
        for (var i = 0; i < chunks.Length; i++)
        {
            // What is no number must not hide behind a chunk that is one.
            logits[chunks[i].Document] = float.IsNaN(scores[i]) ? float.NaN : MathF.Max(logits[chunks[i].Document], scores[i]);
        }

        return logits;
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

    private static int CountCut(TokenizedRequest request)
        => request.QueryCutTokens > 0 ? request.PassageIds.Length : request.CutTokens?.Count(static tokens => tokens > 0) ?? 0;

    private static int[] JoinPair(TokenizedRequest request, int index)
    {
        var ids = new int[request.CountPairTokens(index)];
        request.CopyPair(index, ids);
        return ids;
    }
}
