using Reranker.Estimates;

namespace Reranker.Client.Tests.Estimates;

public sealed class TokenDensityTests
{
    private readonly TokenDensity _density = new();

    [Fact]
    public void Until_something_was_measured_the_density_is_what_is_assumed()
    {
        Assert.Equal(0.25, _density.EstimateDensity(0.25));
        _density.ObserveTexts(0, 10);
        _density.ObserveTexts(10, 0);
        Assert.Equal(0.7, _density.EstimateDensity(0.7));
    }

    [Fact]
    public void What_was_measured_outweighs_what_is_assumed_by_its_length()
    {
        _density.ObserveTexts(4_000, 4_000);
        Assert.Equal(0.75, _density.EstimateDensity(0.5), 1e-9);
        _density.ObserveTexts(4e6, 4e6);
        Assert.Equal(1, _density.EstimateDensity(0.5), 1e-2);
    }

    [Fact]
    public void What_lies_far_back_counts_less_and_less()
    {
        _density.ObserveTexts(4e6, 4e6);
        _density.ObserveTexts(4e6, 0.4e6);
        _density.ObserveTexts(40e6, 4e6);

        Assert.Equal(0.1, _density.EstimateDensity(0.5), 0.05);
    }

    [Theory]
    [InlineData(0.3, 0.3)]
    [InlineData(0, TextTokens.AssumedPerCharacter)]
    [InlineData(-1, TextTokens.AssumedPerCharacter)]
    [InlineData(double.NaN, TextTokens.AssumedPerCharacter)]
    [InlineData(double.PositiveInfinity, TextTokens.AssumedPerCharacter)]
    public void A_density_that_the_fleet_does_not_tell_is_assumed(double told, double chosen)
        => Assert.Equal(chosen, TextTokens.ChooseDensity(told));

    [Fact]
    public void A_request_has_its_query_and_its_special_tokens_in_every_pair()
        => Assert.Equal((((10 * 3) + 60) * 0.5) + (4 * 3), TextTokens.EstimatePairTokens(10, 60, 3, 0.5));
}
