using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Calibration;

/// <summary>Which batches are measured at warm-up, smallest first, so that a short budget measures the common ones.</summary>
internal static class CostGrid
{
    private const int BaseLength = 128;
    private const int StepsOfOctave = 8;

    private static readonly int[] PackedLengths = [32, 256, 512];
    private static readonly int[] PaddedLengths = [32, 64, 96, 128, 160, 192, 256, 320, 384, 512];

    // Steps of tokens between padded shapes: 512 is half a wave of the largest product of a large model on an H100 (132
    // tiles of 128 × 256); beyond 4,096 tokens a step weighs less, and an eighth more is near enough.
    private const int PaddedStep = 512;
    private const int PaddedShare = 8;

    /// <summary>
    /// For packed batches: a dense curve over all tokens at the usual length, and a few other lengths, from which the share of
    /// attention follows.
    /// </summary>
    public static IEnumerable<(int Rows, int Length)> ListPackedShapes(CostLimits limits)
    {
        var usual = Math.Min(BaseLength, limits.MaxPairTokens);
        var maxRows = FindMaxRows(limits, usual);
        var shapes = ListDoublings(maxRows).SelectMany(ListOctaveSteps).Append(maxRows).Where(r => r <= maxRows).Select(r => (Rows: r, Length: usual));
        foreach (var length in PackedLengths.Where(l => l <= limits.MaxPairTokens && l != usual))
        {
            var rows = FindMaxRows(limits, length);
            shapes = shapes.Concat(new[] { Math.Max(1, rows / 4), rows }.Select(r => (r, length)));
        }

        return shapes.Distinct().OrderBy(s => (long)s.Rows * s.Length).ThenBy(s => s.Rows);
    }

    /// <summary>
    /// For padded batches: lengths closer where most pairs are, and at each as many rows as make even steps in tokens, because
    /// the time is a function of tokens with steps in it; the limits themselves too.
    /// </summary>
    public static IEnumerable<(int Rows, int Length)> ListPaddedShapes(CostLimits limits, int minLength)
    {
        var lengths = PaddedLengths.Where(l => l > minLength && l < limits.MaxPairTokens).Prepend(minLength).Append(limits.MaxPairTokens).Distinct();
        return
            from length in lengths
            from rows in ListPaddedRows(length, FindMaxRows(limits, length))
            orderby (long)rows * length, rows
            select (rows, length);
    }

    private static IEnumerable<int> ListPaddedRows(int length, int maxRows)
    {
        for (var rows = 1; rows < maxRows;)
        {
            yield return rows;
            var tokens = rows * length;
            var next = tokens < PaddedStep ? PaddedStep : tokens + Math.Max(PaddedStep, tokens / PaddedShare);
            rows = Math.Max(rows + 1, next / length);
        }

        yield return maxRows;
    }

    private static int FindMaxRows(CostLimits limits, int length) => Math.Clamp(limits.MaxBatchTokens / length, 1, limits.MaxBatchPairs);

    // Times grow in steps, one for every round of tiles over the GPU's processors: eight points an octave find most of them.
    private static IEnumerable<int> ListOctaveSteps(int rows) => Enumerable.Range(0, StepsOfOctave).Select(i => rows + (rows * i / StepsOfOctave));

    private static IEnumerable<int> ListDoublings(int maxRows)
    {
        for (var rows = 1; rows <= maxRows; rows *= 2)
        {
            yield return rows;
        }
    }
}
