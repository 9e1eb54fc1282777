using Reranker.Inference.Models;
using Reranker.Onnx.Quantization;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Tests.Verification;

public sealed class QualityGateTests
{
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
