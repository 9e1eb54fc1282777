using Reranker.Inference.Models;

namespace Reranker.Benchmarking.Workloads;

/// <summary>Pairs of random pieces in the form of real ones.</summary>
internal static class RandomPairs
{
    private const int FirstTextId = PairLayout.UnknownId + 1;

    /// <summary>A pair of that many tokens; the query has a third of the text.</summary>
    public static ReadOnlyMemory<int> CreatePair(Random random, int length, int vocabulary)
    {
        var ids = new int[length];
        for (var i = 1; i < length; i++)
        {
            ids[i] = random.Next(FirstTextId, vocabulary - 1);
        }

        if (length > PairLayout.SpecialTokens)
        {
            PairLayout.WriteQueryAndSpecialTokens(ids.AsSpan(1, (length - PairLayout.SpecialTokens) / 3), ids);
        }

        return ids;
    }
}
