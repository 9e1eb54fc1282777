using Reranker.Benchmarking.Workloads;
using Reranker.Inference;
using Reranker.Inference.Batching;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;

namespace Reranker.Benchmarking.Engine;

/// <summary>Measures a loaded engine on shapes: wall clock around the lane's runs, one lane, the median of many.</summary>
public static class EngineBenchmark
{
    /// <summary>Runs all shapes.</summary>
    /// <param name="engine">A warm engine.</param>
    /// <param name="shape">Shape of its model.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told of every finished row, or null.</param>
    /// <exception cref="EngineException">A run failed.</exception>
    public static EngineBenchmarkReport MeasureEngine(
        IInferenceEngine engine, ModelShape shape, EngineBenchmarkOptions options, TimeProvider time, IProgress<EngineBenchmarkRow>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        options.Checked();
        var d = engine.Description;
        var random = new Random(options.Seed);
        var shapes = options.Shapes.Count > 0 ? options.Shapes : BenchmarkShape.ListStandard(d.MaxPairTokens);
        var ragged = options.Ragged.Select(pairs => BenchmarkShape.CreateRagged(pairs, Math.Min(BenchmarkShape.RaggedLongest, d.MaxPairTokens), seed: pairs));
        var rows = new List<EngineBenchmarkRow>();
        using var lane = engine.CreateLane();
        foreach (var asked in options.StartOnly ? [] : shapes.Concat(ragged))
        {
            var pairs = asked.Lengths.Select(n => RandomPairs.CreatePair(random, n, d.VocabularySize)).ToArray();
            var runs = OfflineBatches.Split(engine, pairs);
            var row = MeasureShape(lane, runs, asked, shape, options, time) with { Groups = RunTimer.MeasureAgainstPrediction(engine, lane, runs, time) };
            rows.Add(row);
            progress?.Report(row);
        }

        var samples = options.StartOnly ? [] : CostError.MeasureSamples(engine, lane, options, time);
        return new EngineBenchmarkReport
        {
            Model = d.ModelName,
            Precision = d.Precision,
            Provider = d.ExecutionProvider,
            Device = d.Device,
            Runtime = d.RuntimeVersion,
            StartupSeconds = d.StartupTime.TotalSeconds,
            WarmUpSeconds = d.WarmUpTime?.TotalSeconds,
            StartPhases = d.StartTimes.ToDictionary(t => t.Name, t => Math.Round(t.Time.TotalSeconds, 3)),
            MaxBatchPairs = d.MaxBatchPairs,
            MaxBatchTokens = d.MaxBatchTokens,
            Rows = rows,
            CostErrorP90 = samples.Count > 0 ? CostError.ComputeP90(samples) : null,
            CostSamples = samples,
            Costs = engine.Cost.Table is { } table ? DescribeCosts(d, table, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)) : null,
        };
    }

    private static CardCosts DescribeCosts(EngineDescription d, CostTable table, DateOnly measuredOn) => new()
    {
        Device = d.Device,
        Model = d.ModelName,
        Precision = d.Precision,
        Provider = d.ExecutionProvider,
        Source = "measured by the engine when it started",
        MeasuredOn = measuredOn,
        Runtime = d.RuntimeVersion,
        Kernels = d.KernelVersion,
        MaxPairTokens = d.MaxPairTokens,
        MaxBatchPairs = d.MaxBatchPairs,
        MaxBatchTokens = d.MaxBatchTokens,
        Lanes = d.Lanes,
        Table = table,
    };

    private static EngineBenchmarkRow MeasureShape(
        IEngineLane lane,
        IReadOnlyList<ReadOnlyMemory<int>[]> runs,
        BenchmarkShape asked,
        ModelShape shape,
        EngineBenchmarkOptions options,
        TimeProvider time)
    {
        var logits = new float[asked.Lengths.Count];
        for (var i = 0; i < options.WarmUp; i++)
        {
            RunAll(lane, runs, logits);
        }

        var samples = new double[options.Repetitions];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < samples.Length; i++)
        {
            var start = time.GetTimestamp();
            RunAll(lane, runs, logits);
            samples[i] = time.GetElapsedTime(start).TotalMilliseconds;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(samples);
        var milliseconds = samples[samples.Length / 2];
        return new EngineBenchmarkRow(
            asked.Name,
            asked.Lengths,
            runs.Count,
            milliseconds,
            asked.Lengths.Count * 1e3 / milliseconds,
            UsefulOperations.CountOperations(shape, asked.Lengths) / milliseconds / 1e9,
            allocated / (samples.Length * runs.Count));
    }

    private static void RunAll(IEngineLane lane, IReadOnlyList<ReadOnlyMemory<int>[]> runs, float[] logits)
    {
        for (var i = 0; i < runs.Count; i++)
        {
            lane.Run(runs[i], logits.AsSpan(0, runs[i].Length));
        }
    }
}
