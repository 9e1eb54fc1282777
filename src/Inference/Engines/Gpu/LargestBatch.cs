using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>
/// Runs the batch that needs the most memory, before any other: the arena then takes its large pieces once, and every later
/// batch fits into them.
/// </summary>
internal static class LargestBatch
{
    private const int AnyToken = 3;
    private const int UsualLength = 128;

    // How much longer the longest pair of a batch of natural lengths is than the mean one. What is kept a cell of the
    // rectangle (offsets, sums of the softmax) is small, but where it finds no place of its own it breaks up a large piece.
    private const int Raggedness = 4;

    /// <summary>
    /// All tokens the engine takes, in pairs of different lengths, on as many lanes at once as may run; then the longest pair
    /// alone. Runs on different streams do not use the same memory, so one after another would ask for too little.
    /// </summary>
    /// <exception cref="EngineException">The device cannot run it.</exception>
    public static void RunPacked(Func<IEngineLane> createLane, CostLimits limits)
    {
        using var begin = new Barrier(limits.Lanes);
        void RunOne()
        {
            begin.SignalAndWait();
            using var lane = createLane();
            RunLengths(lane, CreateRaggedLengths(limits));
            RunLengths(lane, [limits.MaxPairTokens]);
        }

        // The first on the caller's thread: what the runtime keeps for a thread that ran is then kept once.
        var beside = Enumerable.Range(1, limits.Lanes - 1).Select(_ => Task.Factory.StartNew(
            RunOne, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        try
        {
            RunOne();
        }
        finally
        {
            Task.WhenAll(beside).GetAwaiter().GetResult();
        }
    }

    /// <summary>As many rows of the longest pair as the engine takes.</summary>
    /// <exception cref="EngineException">The device cannot run it.</exception>
    public static void RunPadded(IEngineLane lane, CostLimits limits)
    {
        var rows = Math.Clamp(limits.MaxBatchTokens / limits.MaxPairTokens, 1, limits.MaxBatchPairs);
        RunLengths(lane, [.. Enumerable.Repeat(limits.MaxPairTokens, rows)]);
    }

    /// <summary>
    /// Lengths of a batch with exactly as many tokens as the engine takes: a piece that is a little too small for a later
    /// batch would be taken a second time.
    /// </summary>
    internal static int[] CreateRaggedLengths(CostLimits limits)
    {
        var (rows, length) = FindShape(limits);
        var longest = Math.Min(limits.MaxPairTokens, Raggedness * length);
        var lengths = new List<int> { rows == 1 ? length : longest };
        for (var left = limits.MaxBatchTokens - lengths[0]; left > 0 && lengths.Count < limits.MaxBatchPairs;)
        {
            var pairsLeft = Math.Max(1, rows - lengths.Count);
            lengths.Add(Math.Clamp(left / pairsLeft, 1, longest));
            left -= lengths[^1];
        }

        return [.. lengths];
    }

    private static (int Rows, int Length) FindShape(CostLimits limits)
    {
        var minLength = (limits.MaxBatchTokens + limits.MaxBatchPairs - 1) / limits.MaxBatchPairs;
        var length = Math.Min(limits.MaxPairTokens, Math.Max(UsualLength, minLength));
        return (Math.Clamp(limits.MaxBatchTokens / length, 1, limits.MaxBatchPairs), length);
    }

    /// <summary>Runs a batch of pairs of these lengths.</summary>
    internal static void RunLengths(IEngineLane lane, int[] lengths)
    {
        var ids = new int[lengths.Max()];
        ids.AsSpan().Fill(AnyToken);
        lane.Run([.. lengths.Select(n => new ReadOnlyMemory<int>(ids, 0, n))], new float[lengths.Length]);
    }
}
