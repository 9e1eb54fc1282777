using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Onnx.Tests.Verification.Ranking;

public sealed class RankingMeasuresTests
{
    [Fact]
    public void Several_relevant_candidates_share_the_gain()
    {
        // Ranks 1 and 3 of two: (1 + 1/2) / (1 + 1/log2(3)).
        var ranks = RankingMeasures.FindRanks([5, 1, 3, 4], [0, 2]);

        Assert.Equal([1, 3], ranks);
        Assert.Equal(1.5 / (1 + (1 / Math.Log2(3))), RankingMeasures.ComputeNdcg(ranks, 10), 1e-12);
        Assert.Equal(1 / (1 + (1 / Math.Log2(3))), RankingMeasures.ComputeNdcg(ranks, 2), 1e-12);
        Assert.Equal(0.5, RankingMeasures.ComputeRecall(ranks, 2));
        Assert.Equal(1, RankingMeasures.ComputeReciprocalRank(ranks));
        Assert.Equal(0.25, RankingMeasures.ComputeReciprocalRank(RankingMeasures.FindRanks([5, 1, 3, 4], [1])));
    }

    [Fact]
    public void Two_relevant_candidates_with_one_logit_do_not_stand_in_each_others_way()
        => Assert.Equal([1, 2], RankingMeasures.FindRanks([2, 2, 1], [0, 1]));

    [Fact]
    public void A_logit_that_is_no_number_earns_nothing()
    {
        Assert.Equal([3], RankingMeasures.FindRanks([1, float.NaN, 0], [1]));
        Assert.Equal([2], RankingMeasures.FindRanks([1, float.NaN, 0], [0]));
    }

    [Theory]
    [InlineData(new[] { 1f, 2, 3, 4 }, new[] { 10f, 20, 30, 40 }, 1)]
    [InlineData(new[] { 1f, 2, 3, 4 }, new[] { 4f, 3, 2, 1 }, -1)]
    [InlineData(new[] { 1f, 2, 3, 4 }, new[] { 1f, 2, 4, 3 }, 4.0 / 6)]
    [InlineData(new[] { 1f, 2, 3 }, new[] { 5f, 5, 5 }, 0)]
    public void Tau_counts_pairs_in_the_same_order(float[] a, float[] b, double expected)
        => Assert.Equal(expected, RankingMeasures.ComputeTau(a, b), 1e-12);

    [Fact]
    public void Overlap_counts_the_best_whatever_their_order()
        => Assert.Equal(2.0 / 3, RankingMeasures.ComputeOverlap([9, 8, 7, 1, 0], [7, 9, 1, 8, 0], 3), 1e-12);

    [Fact]
    public void Intervals_hold_the_truth_about_as_often_as_they_say()
    {
        var random = new Random(11);
        var held = 0;
        for (var trial = 0; trial < 100; trial++)
        {
            var interval = Bootstrap.EstimateMean([.. Enumerable.Range(0, 60).Select(_ => random.NextDouble())]);
            Assert.InRange(interval.Mean, interval.Low, interval.High);
            held += interval.Low <= 0.5 && interval.High >= 0.5 ? 1 : 0;
        }

        Assert.InRange(held, 85, 100);
    }

    [Fact]
    public void A_paired_interval_is_far_narrower_than_the_spread_of_queries()
    {
        var random = new Random(2);
        var reference = Enumerable.Range(0, 90).Select(_ => random.NextDouble()).ToArray();
        var loss = Bootstrap.EstimateLoss(reference, [.. reference.Select(v => v * 0.98)]);

        Assert.Equal(0.02, loss.Mean, 1e-9);
        Assert.Equal(0.02, loss.Low, 1e-9);
        Assert.Equal(0.02, loss.High, 1e-9);
    }

    [Fact]
    public void A_report_has_every_set_and_language_and_fails_what_a_limit_forbids()
    {
        RankedQuery Query(string set, string lang, params float[] logits) => new(set, lang, [0], logits);
        RankedQuery[] believed = [Query("a", "en", 3, 2, 1), Query("a", "de", 3, 2, 1), Query("b", "en", 3, 2, 1)];
        RankedQuery[] ranked = [Query("a", "en", 3, 2, 1), Query("a", "de", 3, 2, 1), Query("b", "en", 1, 2, 3)];

        var report = QualityReport.Create("m fp8", ranked, "m fp32", believed);

        Assert.Equal(["a", "b"], report.Sets.Select(s => s.Name));
        Assert.Equal(["de", "en"], report.Languages.Select(s => s.Name));
        Assert.Equal((1, -1.0, 0.5), (report.Sets[1].Queries, report.Sets[1].Against!.Tau, report.Sets[1].Against!.Loss.Mean));
        Assert.Equal(0.5 / 3, report.All.Against!.Loss.Mean, 1e-9);
        Assert.Equal(2, report.All.Against.MaxDifference);
        Assert.Contains("\"overlap\": 1", report.ToJson(), StringComparison.Ordinal);
        Assert.Contains("b                      1  0.5000", report.ToTable(), StringComparison.Ordinal);

        Assert.Empty(new QualityLimits { MinNdcg = 0.8, MaxLoss = 0.2, MinOverlap = 1 }.FindFailures(report));
        var failures = new QualityLimits { MinNdcg = 0.9, MaxLoss = 0.1, MaxSetLoss = 0.2, MinTau = 0.9 }.FindFailures(report);
        Assert.Equal(4, failures.Count);
        Assert.Contains("b: nDCG is 50.00 % to 50.00 % below the reference; 20.00 % is allowed", failures);
    }

    [Fact]
    public void Logits_that_are_no_numbers_pass_no_limit()
    {
        RankedQuery[] believed = [new("a", null, [0], [3, 2])];
        var report = QualityReport.Create("m", [new("a", null, [0], [float.NaN, 2])], "r", believed);

        Assert.Equal(double.PositiveInfinity, report.All.Against!.MaxDifference);
        Assert.NotEmpty(new QualityLimits { MaxLoss = 0.1 }.FindFailures(report));
    }
}
