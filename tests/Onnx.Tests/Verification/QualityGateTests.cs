using Reranker.Inference.Models;
using Reranker.Onnx.Quantization;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Tests.Verification;

public sealed class QualityGateTests
{
    [Fact]
    public void Overlap_is_the_share_of_the_ten_best_that_stay()
    {
        float[] expected = [.. Enumerable.Range(0, 20).Select(i => (float)i)];
        Assert.Equal(1, QualityGate.FindOverlap(expected, [.. expected.Select(x => x / 2)]));
        Assert.Equal(0, QualityGate.FindOverlap(expected, [.. expected.Select(x => -x)]));

        // The two best fall behind all others.
        Assert.Equal(0.8, QualityGate.FindOverlap(expected, [.. expected.Select(x => x >= 18 ? -x : x)]));
        Assert.Equal(1, QualityGate.FindOverlap([1, 2, 3], [3, 2, 1]));
    }

    [Fact]
    public void Kendall_counts_pairs_in_and_out_of_order()
    {
        Assert.Equal(1, QualityGate.FindKendallTau([1, 2, 3, 4], [10, 20, 30, 40]));
        Assert.Equal(-1, QualityGate.FindKendallTau([1, 2, 3, 4], [4, 3, 2, 1]));
        Assert.Equal(4 / 6.0, QualityGate.FindKendallTau([1, 2, 3, 4], [2, 1, 3, 4]), 1e-12);
        Assert.Equal(5 / 6.0, QualityGate.FindKendallTau([1, 2, 3, 4], [1, 1, 3, 4]), 1e-12);
    }

    [Fact]
    public void A_result_passes_when_both_figures_do()
    {
        var result = new GateResult("texts", 1, 24, 0.9, 0.8, 0.9, 0.8);
        Assert.True(result.HasPassed);
        Assert.False((result with { Overlap = 0.89 }).HasPassed);
        Assert.False((result with { KendallTau = 0.79 }).HasPassed);
        Assert.False((result with { KendallTau = double.NaN }).HasPassed);
    }

    [Fact]
    public void Nothing_is_compared_on_what_scales_are_calibrated_on()
    {
        var calibrated = CalibrationTexts.Pairs.SelectMany(p => new[] { p.Query, p.Passage }).ToHashSet();
        Assert.Equal(GateTexts.Passages.Count, GateTexts.Passages.Distinct().Count());
        Assert.DoesNotContain(GateTexts.Queries.Concat(GateTexts.Passages), calibrated.Contains);
        Assert.True(GateTexts.Passages.Count > 20, "ten of too few are always the same ten");
    }
}
