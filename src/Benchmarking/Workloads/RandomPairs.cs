namespace Reranker.Benchmarking.Workloads;

/// <summary>Pairs of random pieces in the form of real ones.</summary>
internal static class RandomPairs
{
    private const int FirstTextId = 4;

    /// <summary><c>&lt;s&gt; query &lt;/s&gt;&lt;/s&gt; passage &lt;/s&gt;</c> of that many tokens; the query has a third of the text.</summary>
    public static ReadOnlyMemory<int> Create(Random random, int length, int vocabulary)
    {
        var ids = new int[length];
        for (var i = 1; i < length; i++)
        {
            ids[i] = random.Next(FirstTextId, vocabulary - 1);
        }

        if (length > FirstTextId)
        {
            var query = (length - 4) / 3;
            (ids[1 + query], ids[2 + query], ids[^1]) = (2, 2, 2);
        }

        return ids;
    }
}
