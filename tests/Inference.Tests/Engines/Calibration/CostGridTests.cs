using CsCheck;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;

namespace Reranker.Inference.Tests.Engines.Calibration;

public sealed class CostGridTests
{
    private static readonly Gen<CostLimits> Limits =
        from length in Gen.Int[8, 8192]
        from rows in Gen.Int[1, 300]
        from tokens in Gen.Int[length, 70_000]
        select new CostLimits(length, rows, tokens, Lanes: 1);

    [Fact]
    public void Packed_shapes_stay_within_the_limits_smallest_first() => Limits.Sample(
        limits => Check(limits, CostGrid.ListPackedShapes(limits).ToArray()), seed: "0001m4vAXYm3", iter: 300, threads: 1);

    [Fact]
    public void Padded_shapes_stay_within_the_limits_smallest_first() => Limits.Sample(
        limits =>
        {
            var shapes = CostGrid.ListPaddedShapes(limits, minLength: 8).ToArray();
            Check(limits, shapes);
            Assert.Equal((1, 8), shapes[0]);
            Assert.Contains(shapes, s => s.Length == limits.MaxPairTokens);
        }, seed: "0001m4vAXYm3", iter: 300, threads: 1);

    [Fact]
    public void A_model_of_pairs_no_longer_than_the_least_length_has_one_length()
        => Assert.Equal([(1, 8), (2, 8)], CostGrid.ListPaddedShapes(new CostLimits(8, 2, 16, Lanes: 1), minLength: 8));

    [Fact]
    public void The_default_grids_of_a_large_card_fit_into_the_warm_up()
    {
        // Three or four runs of each shape at 600,000 tokens a second, and no run under 4 ms.
        static double Seconds(IEnumerable<(int Rows, int Length)> shapes, int runs)
            => shapes.Sum(s => runs * Math.Max(0.004, s.Rows * s.Length / 600_000.0));

        Assert.InRange(Seconds(CostGrid.ListPackedShapes(new CostLimits(8192, 256, 16_384, 1)), 4), 0.1, 5);
        Assert.InRange(Seconds(CostGrid.ListPaddedShapes(new CostLimits(512, 64, 32_768, 1), 8), 3), 0.1, 8);
    }

    private static void Check(CostLimits limits, (int Rows, int Length)[] shapes)
    {
        Assert.NotEmpty(shapes);
        Assert.Equal(shapes.Length, shapes.Distinct().Count());
        Assert.Equal(shapes.Select(s => s.Rows * s.Length).Order(), shapes.Select(s => s.Rows * s.Length));
        Assert.All(shapes, s => Assert.True(
            s.Rows >= 1 && s.Rows <= limits.MaxBatchPairs && s.Length <= limits.MaxPairTokens && (s.Rows == 1 || s.Rows * s.Length <= limits.MaxBatchTokens)));
    }
}
