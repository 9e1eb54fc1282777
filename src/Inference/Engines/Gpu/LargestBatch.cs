using Reranker.Inference.Batching.Costs;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>Runs the batch that needs the most memory, before any other.</summary>
internal static class LargestBatch
{
    private const int AnyToken = 3;
    private const int UsualLength = 128;

    /// <exception cref="EngineException">The device cannot run it.</exception>
    public static void Run(IEngineLane lane, CostLimits limits)
    {
        var length = Math.Min(limits.MaxPairTokens, Math.Max(UsualLength, (limits.MaxBatchTokens + limits.MaxBatchPairs - 1) / limits.MaxBatchPairs));
        var rows = Math.Clamp(limits.MaxBatchTokens / length, 1, limits.MaxBatchPairs);
        Run(lane, rows, length);

        // Attention of the longest pair may need more than all the rest.
        Run(lane, 1, limits.MaxPairTokens);
    }

    private static void Run(IEngineLane lane, int rows, int length)
    {
        var ids = new int[length];
        ids.AsSpan().Fill(AnyToken);
        var pairs = new ReadOnlyMemory<int>[rows];
        Array.Fill(pairs, ids);
        lane.Run(pairs, new float[rows]);
    }
}
