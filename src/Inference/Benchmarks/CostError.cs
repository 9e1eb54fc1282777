using Reranker.Inference.Engines;

namespace Reranker.Inference.Benchmarks;

/// <summary>How well an engine's cost model predicts batches that it was not measured on.</summary>
internal static class CostError
{
    private const int Batches = 40;
    private const int MostPairs = 48;
    private const int Rounds = 3;
    private const double Percentile = 0.9;

    /// <summary>90th percentile of |predicted − real| / real.</summary>
    public static double P90(IReadOnlyList<CostSample> samples)
    {
        double[] errors = [.. samples.Select(s => Math.Abs(s.PredictedMicroseconds - s.RealMicroseconds) / s.RealMicroseconds).Order()];
        return errors[(int)(Percentile * (errors.Length - 1))];
    }

    /// <summary>Random ragged batches, one after another as in real work, the fastest of three rounds.</summary>
    public static IReadOnlyList<CostSample> Samples(IInferenceEngine engine, IEngineLane lane, BenchmarkOptions options, TimeProvider time)
    {
        var runs = Runs(engine, options);
        RunTimes.Of(lane, runs, time);
        var best = RunTimes.Of(lane, runs, time);
        for (var round = 1; round < Rounds; round++)
        {
            best = [.. best.Zip(RunTimes.Of(lane, runs, time), Math.Min)];
        }

        return [.. runs.Zip(best, (run, real) => Sample(engine, run, real))];
    }

    private static List<ReadOnlyMemory<int>[]> Runs(IInferenceEngine engine, BenchmarkOptions options)
    {
        var d = engine.Description;
        var random = new Random(options.Seed + 1);
        var runs = new List<ReadOnlyMemory<int>[]>();
        for (var batch = 0; batch < Batches; batch++)
        {
            var longest = Math.Min(BenchmarkShape.RaggedLongest, d.MaxPairTokens);
            var shape = BenchmarkShape.Ragged(1 + random.Next(MostPairs), longest, random.Next());
            var pairs = shape.Lengths.Select(n => RandomPairs.Of(random, n, d.VocabularySize)).ToArray();
            runs.AddRange(RunPlan.Of(engine, pairs));
        }

        return runs;
    }

    private static CostSample Sample(IInferenceEngine engine, ReadOnlyMemory<int>[] run, double real)
    {
        int[] lengths = [.. run.Select(p => p.Length)];
        return new CostSample(lengths.Length, lengths.Max(), lengths.Sum(), engine.Cost.PredictMicroseconds(lengths), real);
    }
}
