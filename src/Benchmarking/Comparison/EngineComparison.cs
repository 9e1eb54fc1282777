using Reranker.Benchmarking.Workloads;
using Reranker.Inference.Engines;

namespace Reranker.Benchmarking.Comparison;

/// <summary>
/// Sends the same ids through two engines. The tested one gets every pair several times, alone and among changing
/// neighbours, so that a score which depends on its batch shows.
/// </summary>
public static class EngineComparison
{
    private const int Rounds = 3;

    /// <summary>Compares on random pairs of lengths from 1 to the longest that both engines take, or <paramref name="longest"/>.</summary>
    /// <param name="reference">The engine that is believed.</param>
    /// <param name="tested">The other one, on a model with the same vocabulary.</param>
    /// <param name="pairs">Pairs.</param>
    /// <param name="longest">Most tokens of a pair; large models are slow on a CPU.</param>
    /// <param name="seed">Seed of lengths, ids and neighbours.</param>
    /// <exception cref="EngineException">A run failed.</exception>
    public static ComparisonReport CompareEngines(IInferenceEngine reference, IInferenceEngine tested, int pairs = 64, int longest = 512, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(tested);
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        var random = new Random(seed);
        longest = Math.Min(longest, Math.Min(reference.Description.MaxPairTokens, tested.Description.MaxPairTokens));
        var vocabulary = Math.Min(reference.Description.VocabularySize, tested.Description.VocabularySize);
        var compared = Enumerable.Range(0, pairs).Select(_ => RandomPairs.CreatePair(random, random.Next(1, longest + 1), vocabulary)).ToArray();

        var expected = ScoreInOrder(reference, compared);
        var alone = ScoreAlone(tested, compared);
        var all = new List<float[]> { alone };
        for (var round = 0; round < Rounds; round++)
        {
            all.Add(ScoreShuffled(tested, compared, random));
        }

        var differences = all.SelectMany(logits => logits.Zip(expected, (a, b) => (double)MathF.Abs(a - b))).ToArray();
        return new ComparisonReport(
            DescribeEngine(reference),
            DescribeEngine(tested),
            pairs,
            FindMaxDifference(differences),
            differences.Average(),
            FindMaxDifference(all.SelectMany(logits => logits.Zip(alone, (a, b) => (double)MathF.Abs(a - b)))),
            expected.Max() - expected.Min());
    }

    // Max() steps over NaN when another number comes first; a missing logit is the largest difference there is.
    private static double FindMaxDifference(IEnumerable<double> differences) => differences.Max(d => double.IsNaN(d) ? double.PositiveInfinity : d);

    private static string DescribeEngine(IInferenceEngine engine) => $"{engine.Description.ExecutionProvider} {engine.Description.Precision}";

    private static float[] ScoreAlone(IInferenceEngine engine, ReadOnlyMemory<int>[] pairs)
    {
        using var lane = engine.CreateLane();
        var logits = new float[pairs.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            lane.Run(pairs.AsSpan(i, 1), logits.AsSpan(i, 1));
        }

        return logits;
    }

    private static float[] ScoreShuffled(IInferenceEngine engine, ReadOnlyMemory<int>[] pairs, Random random)
    {
        int[] order = [.. Enumerable.Range(0, pairs.Length)];
        random.Shuffle(order);
        var scored = ScoreInOrder(engine, [.. order.Select(i => pairs[i])]);
        var logits = new float[pairs.Length];
        for (var i = 0; i < order.Length; i++)
        {
            logits[order[i]] = scored[i];
        }

        return logits;
    }

    // In the given order, as many in a run as the engine takes.
    private static float[] ScoreInOrder(IInferenceEngine engine, ReadOnlyMemory<int>[] pairs)
    {
        var d = engine.Description;
        using var lane = engine.CreateLane();
        var logits = new float[pairs.Length];
        for (var start = 0; start < pairs.Length;)
        {
            int end = start, longest = 0;
            while (end < pairs.Length && end - start < d.MaxBatchPairs
                && (long)Math.Max(longest, pairs[end].Length) * (end - start + 1) <= d.MaxBatchTokens)
            {
                longest = Math.Max(longest, pairs[end].Length);
                end++;
            }

            lane.Run(pairs.AsSpan(start..end), logits.AsSpan(start..end));
            start = end;
        }

        return logits;
    }
}
