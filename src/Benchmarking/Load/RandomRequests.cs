using Reranker.Benchmarking.Workloads;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Scoring;

namespace Reranker.Benchmarking.Load;

/// <summary>Requests of random ids with natural lengths, made before the clock runs.</summary>
internal static class RandomRequests
{
    public static WorkItem[] CreateRequests(Random random, int requests, int passages, NaturalLengths lengths, EngineDescription engine, TimeSpan deadline)
    {
        var works = new WorkItem[requests];
        for (var i = 0; i < requests; i++)
        {
            var drawn = lengths.DrawLengths(random, passages);
            var offsets = new int[passages + 1];
            for (var p = 0; p < passages; p++)
            {
                offsets[p + 1] = offsets[p] + Math.Min(drawn[p], engine.MaxPairTokens);
            }

            var ids = new int[offsets[^1]];
            for (var p = 0; p < passages; p++)
            {
                RandomPairs.CreatePair(random, offsets[p + 1] - offsets[p], engine.VocabularySize).CopyTo(ids.AsMemory(offsets[p]));
            }

            works[i] = new WorkItem
            {
                ModelIdentity = engine.ModelIdentity,
                Ids = ids,
                Offsets = offsets,
                Remaining = deadline,
                RequestId = Guid.NewGuid(),
            };
        }

        return works;
    }

    /// <summary>The pairs of requests, in their order.</summary>
    public static ReadOnlyMemory<int>[] ListPairs(IEnumerable<WorkItem> works)
        => [.. works.SelectMany(w => Enumerable.Range(0, w.Count).Select(i => (ReadOnlyMemory<int>)w.Ids.AsMemory(w.Offsets[i]..w.Offsets[i + 1])))];
}
