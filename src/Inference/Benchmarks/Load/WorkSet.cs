using Reranker.Inference.Scoring;

namespace Reranker.Inference.Benchmarks.Load;

/// <summary>Requests of random ids with natural lengths, made before the clock runs.</summary>
internal static class WorkSet
{
    public static ScoreWork[] Create(Random random, int requests, int passages, LengthDistribution lengths, Engines.EngineDescription engine, TimeSpan deadline)
    {
        var works = new ScoreWork[requests];
        for (var i = 0; i < requests; i++)
        {
            var drawn = lengths.Draw(random, passages);
            var offsets = new int[passages + 1];
            for (var p = 0; p < passages; p++)
            {
                offsets[p + 1] = offsets[p] + Math.Min(drawn[p], engine.MaxPairTokens);
            }

            var ids = new int[offsets[^1]];
            for (var p = 0; p < passages; p++)
            {
                RandomPairs.Of(random, offsets[p + 1] - offsets[p], engine.VocabularySize).CopyTo(ids.AsMemory(offsets[p]));
            }

            works[i] = new ScoreWork
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
    public static ReadOnlyMemory<int>[] Pairs(IEnumerable<ScoreWork> works)
        => [.. works.SelectMany(w => Enumerable.Range(0, w.Count).Select(i => (ReadOnlyMemory<int>)w.Ids.AsMemory(w.Offsets[i]..w.Offsets[i + 1])))];
}
