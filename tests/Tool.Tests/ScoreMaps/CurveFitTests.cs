using Reranker.Client;
using Reranker.Tool.ScoreMaps;

namespace Reranker.Tool.Tests.ScoreMaps;

public sealed class CurveFitTests
{
    [Theory]
    [InlineData(0.6, -2.5)]
    [InlineData(2.5, 1)]
    public void The_line_that_pairs_were_drawn_from_is_found(double slope, double intercept)
    {
        var line = CurveFit.FitLine(MadePairs.Draw(new ScoreCurve(slope, slope, intercept), queries: 200, candidates: 20, seed: 1))!.Value;

        Assert.Equal(line.LowSlope, line.HighSlope);
        Assert.Equal(slope, line.LowSlope, 0.15 * slope);
        Assert.Equal(intercept, line.Intercept, 0.25);
    }

    [Fact]
    public void So_is_the_bend()
    {
        var bend = CurveFit.FitBend(MadePairs.Draw(new ScoreCurve(0.3, 1.5, -1), queries: 400, candidates: 20, seed: 2))!.Value;

        Assert.Equal(0.3, bend.LowSlope, 0.1);
        Assert.Equal(1.5, bend.HighSlope, 0.3);
    }

    [Fact]
    public void Pairs_that_a_threshold_parts_have_a_finite_curve()
    {
        var pairs = Enumerable.Range(-10, 21).Select(static i => new LabelledLogit(i, i > 3, 0, "set")).ToList();

        var line = CurveFit.FitLine(pairs)!.Value;

        Assert.InRange(line.LowSlope, 0.3, 50);
        Assert.InRange(line.FindProbability(10), 0.8, 0.999);
        Assert.InRange(line.FindProbability(-10), 0.001, 0.2);
    }

    [Fact]
    public void A_model_that_ranks_upside_down_has_none()
    {
        var pairs = MadePairs.Draw(new ScoreCurve(1, 1, 0), queries: 20, candidates: 20, seed: 3).Select(static p => p with { IsRelevant = !p.IsRelevant }).ToList();

        Assert.Null(CurveFit.FitLine(pairs));
        Assert.Null(CurveFit.FitBend(pairs));
    }
}
