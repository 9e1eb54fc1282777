using Reranker.Tool.Input;

namespace Reranker.Tool.ScoreMaps;

/// <summary>
/// Deals queries to parts, each of which is held out once. A query is in one part with all its candidates, and so are lines that ask the
/// same: what a map is tested on has no query that it was fitted to.
/// </summary>
internal static class QueryFolds
{
    private const int Seed = 20_250_711;

    /// <summary>The part of every query, from 0; the same for the same file.</summary>
    /// <exception cref="InputException">There are fewer different queries than parts.</exception>
    public static int[] DealQueries(IReadOnlyList<string> queries, int folds)
    {
        var different = queries.Select(static q => q.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        if (different.Length < folds)
        {
            throw new InputException($"the data has {different.Length} different queries, and --folds {folds} needs one for each");
        }

        new Random(Seed).Shuffle(different);
        var foldOf = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < different.Length; i++)
        {
            foldOf[different[i]] = i % folds;
        }

        return [.. queries.Select(q => foldOf[q.Trim()])];
    }
}
