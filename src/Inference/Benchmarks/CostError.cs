using Reranker.Inference.Engines;

namespace Reranker.Inference.Benchmarks;

/// <summary>How well an engine's cost model predicts batches that it was not measured on.</summary>
internal static class CostError
{
    private const int Batches = 40;
    private const int MostPairs = 48;
    private const double Percentile = 0.9;

    /// <summary>90th percentile of |predicted − real| / real.</summary>
    public static double P90(IReadOnlyList<CostSample> samples)
    {
        double[] errors = [.. samples.Select(s => Math.Abs(s.PredictedMicroseconds - s.RealMicroseconds) / s.RealMicroseconds).Order()];
        return errors[(int)(Percentile * (errors.Length - 1))];
    }

    /// <summary>Random ragged batches, the best of three runs each.</summary>
    public static IReadOnlyList<CostSample> Samples(IInferenceEngine engine, IEngineLane lane, BenchmarkOptions options, TimeProvider time)
    {
        var d = engine.Description;
        var random = new Random(options.Seed + 1);
        var samples = new List<CostSample>();
        for (var batch = 0; batch < Batches; batch++)
        {
            var longest = Math.Min(512, d.MaxPairTokens);
            var shape = BenchmarkShape.Ragged(1 + random.Next(MostPairs), longest, random.Next());
            var pairs = shape.Lengths.Select(n => RandomPairs.Of(random, n, d.VocabularySize)).ToArray();
            samples.AddRange(RunPlan.Of(engine, pairs).Select(run => Sample(engine, lane, run, time)));
        }

        return samples;
    }

    private static CostSample Sample(IInferenceEngine engine, IEngineLane lane, ReadOnlyMemory<int>[] run, TimeProvider time)
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

        return new CostSample(lengths.Length, lengths.Max(), lengths.Sum(), predicted, best);
    }
}
