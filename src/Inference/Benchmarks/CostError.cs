using Reranker.Inference.Engines;

namespace Reranker.Inference.Benchmarks;

/// <summary>How well an engine's cost model predicts batches that it was not measured on.</summary>
internal static class CostError
{
    private const int Batches = 40;
    private const int MostPairs = 48;
    private const double Percentile = 0.9;

    /// <summary>90th percentile of |predicted − real| / real over random ragged batches, the best of three runs each.</summary>
    public static double P90(IInferenceEngine engine, IEngineLane lane, BenchmarkOptions options, TimeProvider time)
    {
        var d = engine.Description;
        var random = new Random(options.Seed + 1);
        var errors = new List<double>();
        for (var batch = 0; batch < Batches; batch++)
        {
            var longest = Math.Min(512, d.MaxPairTokens);
            var shape = BenchmarkShape.Ragged(1 + random.Next(MostPairs), longest, random.Next());
            var pairs = shape.Lengths.Select(n => RandomPairs.Of(random, n, d.VocabularySize)).ToArray();
            errors.AddRange(RunPlan.Of(engine, pairs).Select(run => Error(engine, lane, run, time)));
        }

        errors.Sort();
        return errors[(int)(Percentile * (errors.Count - 1))];
    }

    private static double Error(IInferenceEngine engine, IEngineLane lane, ReadOnlyMemory<int>[] run, TimeProvider time)
    {
        int[] lengths = [.. run.Select(p => p.Length)];
        var predicted = engine.Cost.PredictMicroseconds(lengths);
        var logits = new float[run.Length];
        lane.Run(run, logits);
        var best = double.PositiveInfinity;
        for (var i = 0; i < 3; i++)
        {
            var start = time.GetTimestamp();
            lane.Run(run, logits);
            best = Math.Min(best, time.GetElapsedTime(start).TotalMicroseconds);
        }

        return Math.Abs(predicted - best) / best;
    }
}
