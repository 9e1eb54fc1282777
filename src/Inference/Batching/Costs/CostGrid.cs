namespace Reranker.Inference.Batching.Costs;

/// <summary>Which batches are measured at warm-up, smallest first, so that a short budget measures the common ones.</summary>
internal static class CostGrid
{
    private const int BaseLength = 128;
    private const int StepsOfOctave = 8;

    private static readonly int[] PackedLengths = [32, 256, 512];
    private static readonly int[] PaddedLengths = [8, 16, 32, 64, 96, 128, 192, 256, 384, 512];

    /// <summary>
    /// For packed batches: a dense curve over all tokens at the usual length, and a few other lengths, from which the share of
    /// attention follows.
    /// </summary>
    public static IEnumerable<(int Rows, int Length)> Packed(CostLimits limits)
    {
        var usual = Math.Min(BaseLength, limits.MaxPairTokens);
        var most = Rows(limits, usual);
        var shapes = Doubling(most).SelectMany(Octave).Append(most).Where(r => r <= most).Select(r => (Rows: r, Length: usual));
        foreach (var length in PackedLengths.Where(l => l <= limits.MaxPairTokens && l != usual))
        {
            var rows = Rows(limits, length);
            shapes = shapes.Concat(new[] { Math.Max(1, rows / 4), rows }.Select(r => (r, length)));
        }

        return shapes.Distinct().OrderBy(s => (long)s.Rows * s.Length).ThenBy(s => s.Rows);
    }

    /// <summary>For padded batches: rows by powers of two, lengths closer where most pairs are; the limits themselves too.</summary>
    public static IEnumerable<(int Rows, int Length)> Padded(CostLimits limits, int leastLength)
    {
        var lengths = PaddedLengths.Where(l => l > leastLength && l < limits.MaxPairTokens).Prepend(leastLength).Append(limits.MaxPairTokens);
        return
            from length in lengths
            from rows in Doubling(limits.MaxBatchPairs).Append(limits.MaxBatchPairs).Distinct()
            where rows <= Rows(limits, length)
            orderby (long)rows * length, rows
            select (rows, length);
    }

    private static int Rows(CostLimits limits, int length) => Math.Clamp(limits.MaxBatchTokens / length, 1, limits.MaxBatchPairs);

    // Times grow in steps, one for every round of tiles over the GPU's processors: eight points an octave find most of them.
    private static IEnumerable<int> Octave(int rows) => Enumerable.Range(0, StepsOfOctave).Select(i => rows + (rows * i / StepsOfOctave));

    private static IEnumerable<int> Doubling(int most)
    {
        for (var rows = 1; rows <= most; rows *= 2)
        {
            yield return rows;
        }
    }
}
