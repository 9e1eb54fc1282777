using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;

namespace Reranker.Inference.Tests.Batching;

/// <summary>
/// Times of a large model's padded FP16 engine with the steps of an H100: products in tiles of 128 × 256, 132 tiles a wave,
/// and a floor that small batches do not get below. Within 4 % of the measured 1×128 3.2, 8×128 3.6, 32×128 6.1, 64×128 11.1,
/// 50×256 17.7, 32×512 23.3 and 64×512 44.5 ms.
/// </summary>
internal sealed class StepCost : IPaddedCostModel
{
    private const double Floor = 3150;
    private const double Fixed = 1250;
    private const double TimeOfWave = 0.24;
    private const double TimeOfToken = 0.45;
    private const double AttentionFlopsOfMicrosecond = 400e6;

    // Columns and depth of the products of a layer: query with key and value, attention output, feed-forward in and out.
    private static readonly (int Columns, int Depth)[] Products = [(3072, 1024), (1024, 1024), (4096, 1024), (1024, 4096)];

    public double TokensPerSecond => 700_000;

    public double PredictMicroseconds(int rows, int longest)
    {
        var length = (longest + 7) / 8 * 8;
        double tokens = (double)rows * length, tiles = Math.Ceiling(tokens / 128);
        var waves = Products.Sum(p => Math.Ceiling(tiles * p.Columns / 256 / 132) * p.Depth);
        var attention = 24.0 * 4 * 1024 * length * tokens / AttentionFlopsOfMicrosecond;
        return Math.Max(Floor, Fixed + (waves * TimeOfWave) + attention + (tokens * TimeOfToken));
    }

    public double PredictMicroseconds(ReadOnlySpan<int> pairLengths)
    {
        var longest = 0;
        foreach (var length in pairLengths)
        {
            longest = Math.Max(longest, length);
        }

        return PredictMicroseconds(pairLengths.Length, longest);
    }

    public void ObserveRun(ReadOnlySpan<int> pairLengths, double microseconds)
    {
    }

    /// <summary>The cost model that a warm-up on such a card would make.</summary>
    public static IPaddedCostModel Calibrated(CostLimits limits)
    {
        var card = new StepCost();
        var points = CostGrid.ListPaddedShapes(limits, minLength: 8).Select(s => new CostPoint(s.Rows, s.Length, card.PredictMicroseconds(s.Rows, s.Length)));
        return (IPaddedCostModel)CostModels.Create(new CostTable { Key = "", Form = CostForm.Padded, Points = [.. points] }, limits);
    }
}
