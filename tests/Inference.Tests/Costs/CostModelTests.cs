using CsCheck;
using Reranker.Inference.Costs;

namespace Reranker.Inference.Tests.Costs;

public sealed class CostModelTests
{
    private static readonly CostLimits Limits = new(MaxPairTokens: 512, MaxBatchPairs: 64, MaxBatchTokens: 16_384, Lanes: 1);

    [Fact]
    public void A_curve_goes_through_its_points_and_between_them()
    {
        var curve = new CostCurve([(10, 100), (20, 300), (40, 400)]);
        Assert.Equal([100, 100, 200, 300, 350, 400], new double[] { 1, 10, 15, 20, 30, 40 }.Select(curve.InterpolateTime));

        // Beyond the end: the steeper of 400/40 and 100/20 a unit.
        Assert.Equal(500, curve.InterpolateTime(50));
    }

    [Fact]
    public void A_curve_of_noisy_points_never_falls()
        => Gen.Select(Gen.Double[1, 100], Gen.Double[1, 100]).Array[1, 10].Sample(
            points =>
            {
                var curve = new CostCurve(points);
                var times = Enumerable.Range(0, 120).Select(i => curve.InterpolateTime(i)).ToArray();
                Assert.All(times.Zip(times.Skip(1)), t => Assert.True(t.First <= t.Second + 1e-9));
            },
            seed: "0000KlVgIHS5");

    [Fact]
    public void Pairs_one_after_another_cost_their_sum()
    {
        var model = Create(CostForm.PairSum, new CostPoint(1, 16, 100), new CostPoint(1, 32, 300));
        Assert.Equal(100 + 200 + 300, model.PredictMicroseconds([16, 24, 32]), 6);
        Assert.Equal(0, model.PredictMicroseconds([]));
    }

    [Fact]
    public void A_padded_batch_costs_by_the_tokens_of_its_rectangle_and_by_their_length()
    {
        // Twice the length costs half as much again for the same tokens.
        var model = Create(
            CostForm.Padded, new CostPoint(1, 80, 80), new CostPoint(4, 80, 320), new CostPoint(1, 160, 240), new CostPoint(4, 160, 960));
        Assert.Equal(960, model.PredictMicroseconds([1, 1, 1, 160]), 6);
        Assert.Equal(160, model.PredictMicroseconds([80, 1]), 6);

        // 240 tokens in rows of 120: halfway between rows of 80, 240 µs, and rows of 160, 360 µs.
        Assert.Equal(300, model.PredictMicroseconds([1, 120]), 6);

        // Rows are padded to a multiple of 8.
        Assert.Equal(300, model.PredictMicroseconds([1, 113]), 6);

        // Eight rows of 80 were not measured; 640 tokens in rows of 160 cost three times 4 × 80's tokens at that length.
        Assert.Equal(640, model.PredictMicroseconds([1, 1, 1, 1, 1, 1, 1, 80]), 6);
    }

    [Fact]
    public void A_padded_grid_with_holes_and_noise_is_monotone()
        => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Double[1, 1000]).Array[0, 16].Sample(
            measured =>
            {
                CostPoint[] points =
                [
                    new(1, 16, 50), .. measured.DistinctBy(m => (m.Item1, m.Item2)).Where(m => m.Item1 + m.Item2 > 0)
                        .Select(m => new CostPoint(1 << m.Item1, 16 << m.Item2, m.Item3)),
                ];
                var model = (IPaddedCostModel)Create(CostForm.Padded, points);
                for (var rows = 1; rows < 12; rows++)
                {
                    for (var length = 8; length < 160; length += 8)
                    {
                        var here = model.PredictMicroseconds(rows, length);
                        Assert.True(here > 0);
                        Assert.True(here <= model.PredictMicroseconds(rows + 1, length) + 1e-6);
                        Assert.True(here <= model.PredictMicroseconds(rows, length + 8) + 1e-6);
                    }
                }
            },
            seed: "0000KlVgIHS5");

    [Fact]
    public void A_packed_batch_costs_by_tokens_and_squares()
    {
        // 1,000 µs + 1 µs a token + 0.001 µs a squared token, measured as uniform batches.
        static double Real(int rows, int length) => 1000 + (rows * length) + (0.001 * rows * length * length);
        (int Rows, int Length)[] shapes = [(1, 128), (8, 128), (64, 128), (128, 128), (2, 512), (16, 512), (32, 512)];
        var model = Create(CostForm.Packed, [.. shapes.Select(s => new CostPoint(s.Rows, s.Length, Real(s.Rows, s.Length)))]);

        int[] ragged = [500, 20, 130, 64, 300, 300, 17, 256];
        var expected = 1000 + ragged.Sum() + (0.001 * ragged.Sum(n => (double)n * n));
        Assert.InRange(model.PredictMicroseconds(ragged), 0.95 * expected, 1.05 * expected);
    }

    [Fact]
    public void Predictions_follow_the_real_times()
    {
        var model = Create(CostForm.PairSum, new CostPoint(1, 100, 1000));
        Assert.Equal(100_000, model.TokensPerSecond, 3);
        for (var i = 0; i < 200; i++)
        {
            model.ObserveRun([100], 1600);
        }

        Assert.InRange(model.PredictMicroseconds([100]), 1590, 1600);
        Assert.InRange(model.TokensPerSecond, 62_500, 63_000);
    }

    [Fact]
    public void One_stalled_run_moves_predictions_little_and_no_run_moves_them_without_bounds()
    {
        var model = Create(CostForm.PairSum, new CostPoint(1, 100, 1000));
        model.ObserveRun([100], 60_000_000);
        Assert.InRange(model.PredictMicroseconds([100]), 1000, 1100);
        for (var i = 0; i < 1000; i++)
        {
            model.ObserveRun([100], 60_000_000);
        }

        Assert.Equal(8000, model.PredictMicroseconds([100]), 6);
        for (var i = 0; i < 1000; i++)
        {
            model.ObserveRun([100], 1e-3);
        }

        Assert.Equal(250, model.PredictMicroseconds([100]), 6);
    }

    [Fact]
    public void A_table_is_read_back_for_its_key_alone()
    {
        var path = Path.Combine(Path.GetTempPath(), $"cost-{Guid.NewGuid():N}.json");
        try
        {
            var table = new CostTable { Key = "card/model", Form = CostForm.Packed, Points = [new CostPoint(1, 16, 12.5), new CostPoint(2, 16, 20)] };
            table.Save(path);
            Assert.Equal(table.Points, CostTable.TryLoad(path, "card/model")!.Points);
            Assert.Null(CostTable.TryLoad(path, "other"));
            File.WriteAllText(path, """{"key": "card/model", "form": "Packed", "po""");
            Assert.Null(CostTable.TryLoad(path, "card/model"));
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Null(CostTable.TryLoad(path, "card/model"));
    }

    [Theory]
    [InlineData("\"PairSum, Packed\"")]
    [InlineData("\"Padded, Packed\"")]
    [InlineData("\"2\"")]
    [InlineData("2")]
    [InlineData("7")]
    public void A_form_is_an_exact_name(string form)
    {
        var path = Path.Combine(Path.GetTempPath(), $"cost-{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllText(path, $$"""{"key": "k", "form": {{form}}, "points": [{"rows": 1, "length": 16, "microseconds": 12}]}""");
            Assert.Null(CostTable.TryLoad(path, "k"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ICostModel Create(CostForm form, params CostPoint[] points)
        => CostModels.Create(new CostTable { Key = "", Form = form, Points = points }, Limits);
}
