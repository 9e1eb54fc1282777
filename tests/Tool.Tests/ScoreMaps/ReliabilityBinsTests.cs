using Reranker.Tool.ScoreMaps;

namespace Reranker.Tool.Tests.ScoreMaps;

public sealed class ReliabilityBinsTests
{
    [Fact]
    public void Bins_of_equal_width_hold_what_lies_in_their_range()
    {
        (double, bool)[] pairs = [(0, false), (0.0625, true), (0.5, true), (1, true)];

        var bins = ReliabilityBins.CreateEqualWidth(pairs);

        Assert.Equal([new(2, 0.03125, 0.5), new(1, 0.5, 1), new(1, 1, 1)], bins);
        Assert.Equal(((2 * 0.46875) + 0.5) / 4, ReliabilityBins.ComputeError(bins), 1e-12);
    }

    [Fact]
    public void Bins_of_equal_mass_hold_equally_many_and_part_no_equals()
    {
        var even = ReliabilityBins.CreateEqualMass([.. Enumerable.Range(0, 45).Select(static i => (i / 45.0, i % 3 == 0))]);
        Assert.Equal(Enumerable.Repeat(3, 15), even.Select(static b => b.Count));
        Assert.All(even, static b => Assert.Equal(1.0 / 3, b.Observed, 1e-12));

        var equal = ReliabilityBins.CreateEqualMass([.. Enumerable.Range(0, 30).Select(static i => (i < 20 ? 0.25 : 0.75, i % 2 == 0))]);
        Assert.Equal([new(20, 0.25, 0.5), new(10, 0.75, 0.5)], equal);
    }

    [Fact]
    public void What_is_right_has_no_error_and_few_pairs_have_few_bins()
    {
        Assert.Equal(0, ReliabilityBins.ComputeError(ReliabilityBins.CreateEqualMass([(1, true), (0, false)])));
        Assert.Equal(2, ReliabilityBins.CreateEqualMass([(1, true), (0, false)]).Count);
    }
}
