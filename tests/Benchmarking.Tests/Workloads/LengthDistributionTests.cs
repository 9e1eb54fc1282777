using Reranker.Benchmarking.Workloads;

namespace Reranker.Benchmarking.Tests.Workloads;

public sealed class LengthDistributionTests
{
    [Theory]
    [InlineData("natural", 142)]
    [InlineData("natural:80", 80)]
    [InlineData("natural:200", 200)]
    public void Natural_lengths_have_their_mean_after_clipping_and_a_long_tail(string text, double mean)
    {
        var lengths = LengthDistribution.Parse(text)!.ToLengths().DrawLengths(new Random(5), 50_000);
        Assert.InRange(lengths.Average(), mean * 0.97, mean * 1.03);
        Assert.Equal(24, lengths.Min());
        Assert.Equal(512, lengths.Max());
        Assert.True(lengths.Order().ElementAt(25_000) < 0.9 * mean, "the median of a log-normal is below its mean");
    }

    [Fact]
    public void A_number_is_every_length() => Assert.All(LengthDistribution.Parse("128")!.ToLengths().DrawLengths(new Random(5), 100), n => Assert.Equal(128, n));

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("9000")]
    [InlineData("-5")]
    [InlineData("normal")]
    [InlineData("natural:")]
    [InlineData("natural:5")]
    [InlineData("natural:NaN")]
    public void Anything_else_is_refused(string text) => Assert.Null(LengthDistribution.Parse(text));

    [Theory]
    [InlineData("natural")]
    [InlineData("natural:80.5")]
    [InlineData("128")]
    public void It_is_written_as_it_is_read(string text) => Assert.Equal(text, LengthDistribution.Parse(text)!.ToString());
}
