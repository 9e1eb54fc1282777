using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Workers;

/// <summary>Checks a work item before it is queued: an engine trusts ids, and a wrong one would read outside the embedding table.</summary>
internal static class WorkItemCheck
{
    /// <summary>What is wrong with the work item, without any of its ids; null when it is valid.</summary>
    public static string? FindError(WorkItem work, EngineDescription engine)
    {
        var offsets = work.Offsets;
        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != work.Ids.Length)
        {
            return "The offsets do not cover the ids.";
        }

        for (var i = 0; i < work.Count; i++)
        {
            var length = (long)offsets[i + 1] - offsets[i];
            if (length < 1)
            {
                return $"Pair {i} has no tokens, or its offsets fall.";
            }

            if (length > engine.MaxPairTokens)
            {
                return $"Pair {i} has {length} tokens; the engine takes {engine.MaxPairTokens}.";
            }
        }

        // Two passes over offsets and ids: the ids' is a vectorized search.
        return work.Ids.AsSpan().IndexOfAnyExceptInRange(0, engine.VocabularySize - 1) is >= 0 and var at
            ? $"The id at {at} is outside the vocabulary of {engine.VocabularySize}."
            : null;
    }
}
