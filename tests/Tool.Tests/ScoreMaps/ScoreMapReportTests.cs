using Reranker.Client;
using Reranker.Tool.Input;
using Reranker.Tool.ScoreMaps;

namespace Reranker.Tool.Tests.ScoreMaps;

public sealed class ScoreMapReportTests
{
    [Fact]
    public void A_map_halves_the_error_of_the_sigmoid_on_queries_it_has_not_seen()
    {
        var report = ScoreMapReport.Create(MadePairs.Draw(new ScoreCurve(0.8, 0.8, -3), queries: 100, candidates: 20, seed: 5), MadePairs.Folds);

        Assert.True(report.All.HeldOut.MassError <= report.All.Sigmoid.MassError / 2, report.ToTable());
        Assert.True(report.All.HeldOut.WidthError <= report.All.Sigmoid.WidthError / 2, report.ToTable());
        Assert.True(report.All.HeldOut.LogLoss < report.All.Sigmoid.LogLoss, report.ToTable());
        Assert.Equal(["even", "odd"], report.Sets.Select(static s => s.Name));
        Assert.Equal(0.5, report.Curve.FindProbability(report.Thresholds.Single(static t => t.Probability == 0.5).Logit), 1e-9);
    }

    [Fact]
    public void A_bend_is_taken_where_it_earns_its_number()
    {
        var straight = ScoreMapReport.Create(MadePairs.Draw(new ScoreCurve(1, 1, -1), queries: 100, candidates: 20, seed: 6), MadePairs.Folds);
        var bent = ScoreMapReport.Create(MadePairs.Draw(new ScoreCurve(0.2, 2, -1), queries: 100, candidates: 20, seed: 6), MadePairs.Folds);

        Assert.Equal(straight.Curve.LowSlope, straight.Curve.HighSlope);
        Assert.True(bent.Curve.HighSlope > 3 * bent.Curve.LowSlope, bent.ToTable());
    }

    [Fact]
    public void What_is_held_out_does_not_depend_on_its_own_labels()
    {
        var pairs = MadePairs.Draw(new ScoreCurve(0.8, 0.8, -1), queries: 20, candidates: 20, seed: 7);
        var turned = pairs.Select(static p => p.Fold == 2 ? p with { IsRelevant = !p.IsRelevant } : p).ToList();

        var (one, other) = (HeldOutFit.Create(pairs, MadePairs.Folds, CurveFit.FitLine)!, HeldOutFit.Create(turned, MadePairs.Folds, CurveFit.FitLine)!);

        Assert.All(Enumerable.Range(0, pairs.Count), i => Assert.Equal(pairs[i].Fold == 2, one.Probabilities[i] == other.Probabilities[i]));
    }

    [Fact]
    public void Data_from_which_nothing_can_be_learnt_is_refused()
    {
        var pairs = MadePairs.Draw(ScoreCurve.Sigmoid, queries: 20, candidates: 20, seed: 8);

        Assert.Contains("does not rise", Refuse([.. pairs.Select(static p => p with { IsRelevant = !p.IsRelevant })]), StringComparison.Ordinal);
        Assert.Contains("every document", Refuse([.. pairs.Select(static p => p with { IsRelevant = true })]), StringComparison.Ordinal);
        Assert.Contains("no document", Refuse([.. pairs.Select(static p => p with { IsRelevant = false })]), StringComparison.Ordinal);
    }

    private static string Refuse(IReadOnlyList<LabelledLogit> pairs) => Assert.Throws<InputException>(() => ScoreMapReport.Create(pairs, MadePairs.Folds)).Message;
}
