using Reranker.Inference.Batching;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;

namespace Reranker.Inference.Tests.Batching;

/// <summary>Groups by a cost table that was measured on a card whose time is a step function.</summary>
public sealed class PaddedGroupingTests
{
    private static readonly CostLimits Limits = new(MaxPairTokens: 512, MaxBatchPairs: 64, MaxBatchTokens: 64 * 512, Lanes: 1);
    private static readonly BatchLimits Batch = new(Limits.MaxBatchPairs, Limits.MaxBatchTokens, double.PositiveInfinity);
    private static readonly StepCost Card = new();
    private static readonly IPaddedCostModel Table = StepCost.Calibrated(Limits);

    [Theory]
    [InlineData(1, 128, 3200)]
    [InlineData(8, 128, 3600)]
    [InlineData(32, 128, 6100)]
    [InlineData(64, 128, 11_100)]
    [InlineData(50, 256, 17_700)]
    [InlineData(32, 512, 23_300)]
    [InlineData(64, 512, 44_500)]
    public void The_card_of_these_tests_is_like_the_measured_one(int rows, int length, double measured)
        => Assert.InRange(Card.PredictMicroseconds(rows, length) / measured, 0.95, 1.05);

    [Fact]
    public void Nine_of_ten_shapes_between_the_measured_ones_are_predicted_within_5_percent()
    {
        var random = new Random(1);
        var errors = Enumerable.Range(0, 2000).Select(_ =>
        {
            var (rows, length) = (random.Next(1, 65), random.Next(1, 513));
            var real = Card.PredictMicroseconds(rows, length);
            return Math.Abs(Table.PredictMicroseconds(rows, length) - real) / real;
        }).Order().ToArray();
        Assert.InRange(errors[1800], 0, 0.05);
    }

    // Few lengths may lie just behind a step of the card that the table does not see; on the average they do not.
    [Fact]
    public void The_best_of_all_cuts_of_few_lengths_is_hardly_faster()
    {
        var random = new Random(2);
        double[] ratios = [.. Enumerable.Range(0, 200).Select(_ =>
        {
            int[] lengths = [.. Enumerable.Range(0, random.Next(1, 13)).Select(_ => random.Next(24, 513)).Order()];
            return TimeOfGroups(lengths) / Fastest(lengths);
        })];

        Assert.InRange(ratios.Average(), 1, 1.01);
        Assert.InRange(ratios.Max(), 1, 1.1);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(128)]
    [InlineData(512)]
    [InlineData(1024)]
    public void No_cut_of_natural_lengths_is_more_than_3_percent_faster(int pairs)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var lengths = Natural(pairs, seed);
            var best = new LengthGrouping().FindFastestGroups(lengths, Card, Batch);
            Assert.InRange(TimeOfGroups(lengths) / best, 1, 1.03);
        }
    }

    // Of 128 such pairs no cut with so little padding is worth it: a run costs 3 ms however small it is, and the fastest cut
    // pads by a quarter.
    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    public void Many_natural_lengths_are_cut_with_less_than_12_percent_padding(int pairs)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            Assert.InRange(Padding(Natural(pairs, seed)), 0, 0.12);
        }
    }

    private static int[] Natural(int pairs, int seed) => [.. NaturalLengths.CreateForPairs(512).DrawLengths(new Random(seed), pairs).Order()];

    private static IEnumerable<(int Rows, int Longest)> Groups(int[] lengths)
    {
        var grouping = new LengthGrouping();
        grouping.FindFastestGroups(lengths, Table, Batch);
        for (var next = 0; next < lengths.Length;)
        {
            var group = grouping.FindGroup(next, lengths.Length);
            next = group.End.Value;
            yield return (next - group.Start.Value, lengths[next - 1]);
        }
    }

    // Chosen by the table, timed by the card.
    private static double TimeOfGroups(int[] lengths) => Groups(lengths).Sum(g => Card.PredictMicroseconds(g.Rows, g.Longest));

    private static double Padding(int[] lengths) => (Groups(lengths).Sum(g => (double)g.Rows * g.Longest) / lengths.Sum()) - 1;

    // Every way to cut: a bit between two neighbours.
    private static double Fastest(int[] lengths)
    {
        var best = double.PositiveInfinity;
        for (var cuts = 0; cuts < 1 << (lengths.Length - 1); cuts++)
        {
            var (time, rows) = (0.0, 0);
            for (var i = 0; i < lengths.Length; i++)
            {
                rows++;
                if (i == lengths.Length - 1 || ((cuts >> i) & 1) == 1)
                {
                    (time, rows) = (time + Card.PredictMicroseconds(rows, lengths[i]), 0);
                }
            }

            best = Math.Min(best, time);
        }

        return best;
    }
}
