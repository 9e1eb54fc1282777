using Reranker.Benchmarking.Workloads;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;

namespace Reranker.Benchmarking.Engine;

/// <summary>How well an engine's cost model predicts batches that it was not measured on.</summary>
internal static class CostError
{
    private const int Batches = 40;
    private const int MaxPairs = 48;
    private const int Rounds = 3;
    private const double Percentile = 0.9;

    /// <summary>90th percentile of |predicted − real| / real.</summary>
    public static double ComputeP90(IReadOnlyList<CostSample> samples)
    {
        double[] errors = [.. samples.Select(s => Math.Abs(s.PredictedMicroseconds - s.RealMicroseconds) / s.RealMicroseconds).Order()];
        return errors[(int)(Percentile * (errors.Length - 1))];
    }

    /// <summary>Random ragged batches, one after another as in real work, the fastest of three rounds.</summary>
    public static IReadOnlyList<CostSample> MeasureSamples(IInferenceEngine engine, IEngineLane lane, EngineBenchmarkOptions options, TimeProvider time)
    {
        var runs = CreateRuns(engine, options);
        RunTimer.TimeRuns(lane, runs, time);
        var best = RunTimer.TimeRuns(lane, runs, time);
        for (var round = 1; round < Rounds; round++)
        {
            best = [.. best.Zip(RunTimer.TimeRuns(lane, runs, time), Math.Min)];
        }

        return [.. runs.Zip(best, (run, real) => CreateSample(engine, run, real))];
    }

    private static List<ReadOnlyMemory<int>[]> CreateRuns(IInferenceEngine engine, EngineBenchmarkOptions options)
    {
        var d = engine.Description;
        var random = new Random(options.Seed + 1);
        var runs = new List<ReadOnlyMemory<int>[]>();
        for (var batch = 0; batch < Batches; batch++)
        {
            var longest = Math.Min(BenchmarkShape.RaggedLongest, d.MaxPairTokens);
            var shape = BenchmarkShape.CreateRagged(1 + random.Next(MaxPairs), longest, random.Next());
            var pairs = shape.Lengths.Select(n => RandomPairs.CreatePair(random, n, d.VocabularySize)).ToArray();
            runs.AddRange(OfflineBatches.Split(engine, pairs));
        }

        return runs;
    }

    private static CostSample CreateSample(IInferenceEngine engine, ReadOnlyMemory<int>[] run, double measuredMicroseconds)
    {
        int[] lengths = [.. run.Select(p => p.Length)];
        return new CostSample(lengths.Length, lengths.Max(), lengths.Sum(), engine.Cost.PredictMicroseconds(lengths), measuredMicroseconds);
    }
}
