using Reranker.Benchmarking.Comparison;
using Reranker.Inference.Costs;
using Reranker.TestKit.Engines;

namespace Reranker.Benchmarking.Tests.Comparison;

public sealed class EngineComparisonTests : IDisposable
{
    private readonly DescribedEngine _reference = new(CostForm.PairSum, maxPairs: 1, maxTokens: 512);

    public void Dispose() => _reference.Dispose();

    [Fact]
    public void Engines_that_agree_are_zero_apart()
    {
        var report = EngineComparison.CompareEngines(_reference, new DescribedEngine(CostForm.Packed, 16, 2048), pairs: 50);

        Assert.Equal((0, 0, 0), (report.MaxDifference, report.MeanDifference, report.MaxNeighbourDifference));
        Assert.True(report.MaxReferenceSpread > 1);
        Assert.Equal(("PairSum fp16", "Packed fp16", 50), (report.Reference, report.Tested, report.Pairs));
    }

    [Fact]
    public void A_constant_difference_is_none_between_neighbours()
    {
        var report = EngineComparison.CompareEngines(_reference, new DescribedEngine(CostForm.Packed, 16, 2048, (_, _) => 0.25f), pairs: 50);

        Assert.Equal(0.25, report.MaxDifference, 1e-5);
        Assert.Equal(0.25, report.MeanDifference, 1e-5);
        Assert.Equal(0, report.MaxNeighbourDifference, 1e-5);
    }

    [Fact]
    public void A_score_that_depends_on_its_batch_shows()
    {
        var report = EngineComparison.CompareEngines(_reference, new DescribedEngine(CostForm.Padded, 16, 2048, (_, pairs) => pairs * 0.01f), pairs: 50);

        Assert.InRange(report.MaxNeighbourDifference, 0.02, 0.16);
    }

    [Fact]
    public void A_missing_logit_is_the_largest_difference()
    {
        var engine = new DescribedEngine(CostForm.Packed, 16, 2048, (index, _) => index == 3 ? float.NaN : 0);

        Assert.Equal(double.PositiveInfinity, EngineComparison.CompareEngines(_reference, engine, pairs: 50).MaxDifference);
    }

    [Fact]
    public void A_report_of_a_missing_logit_can_be_written()
    {
        var engine = new DescribedEngine(CostForm.Packed, 16, 2048, (index, _) => index == 3 ? float.NaN : 0);

        var json = EngineComparison.CompareEngines(_reference, engine, pairs: 50).ToJson();

        Assert.Contains("\"maxDifference\": \"Infinity\"", json, StringComparison.Ordinal);
    }
}
