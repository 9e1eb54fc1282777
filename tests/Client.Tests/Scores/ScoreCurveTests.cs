namespace Reranker.Client.Tests.Scores;

public sealed class ScoreCurveTests
{
    public static TheoryData<double, double, double> Curves => new() { { 1, 1, 0 }, { 0.4, 0.4, -3 }, { 0.2, 2.5, 1 }, { 3, 0.5, -1 } };

    [Theory]
    [MemberData(nameof(Curves))]
    public void A_higher_logit_has_a_higher_probability(double low, double high, double intercept)
    {
        var curve = new ScoreCurve(low, high, intercept);
        var probabilities = Enumerable.Range(-1000, 2001).Select(i => curve.FindProbability(i / 100.0)).ToArray();

        Assert.All(probabilities.Zip(probabilities.Skip(1)), static pair => Assert.True(pair.First < pair.Second));
        Assert.All(probabilities, static p => Assert.InRange(p, 0, 1));
    }

    [Theory]
    [MemberData(nameof(Curves))]
    public void A_probability_leads_back_to_its_logit(double low, double high, double intercept)
    {
        var curve = new ScoreCurve(low, high, intercept);

        Assert.All([-9.5, -1, 0, 0.25, 3, 8], logit => Assert.Equal(logit, curve.FindLogit(curve.FindProbability(logit)), 1e-4));
    }

    [Fact]
    public void Slopes_hold_far_from_the_bend()
    {
        var curve = new ScoreCurve(0.5, 2, 1);

        Assert.Equal(-50 + 1, LogOdds(curve.FindProbability(-100)), 1e-6);
        Assert.Equal(20 + 1, LogOdds(curve.FindProbability(10)), 1e-3);
        Assert.True(double.IsFinite(curve.FindProbability(-1e9)) && curve.FindProbability(1e9) == 1);
    }

    private static double LogOdds(double p) => Math.Log(p) - Math.Log(1 - p);
}
