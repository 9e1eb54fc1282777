using Reranker.Onnx.Verification.Layers;

namespace Reranker.Onnx.Tests.Verification;

public sealed class LayerLimitsTests
{
    private static readonly Source Checkpoint = new(120, null, false);
    private static readonly Source Fp8 = new(12, 24, true);
    private static readonly Source StaticInt8 = new(6, 25, false);

    // Of four numbers the noise is that many dB below the signal.
    private static LayerErrors CreateErrors(double signalToNoise)
    {
        var errors = new LayerErrors(4);
        var noise = (float)Math.Pow(10, -signalToNoise / 20);
        errors.AddValues([1, 1, 1, 1], [1 + noise, 1 - noise, 1 + noise, 1 - noise]);
        return errors;
    }

    [Fact]
    public void Rounding_that_piled_up_is_no_fault_where_every_step_is_right()
    {
        var limits = LayerLimits.FindLimits(Checkpoint, Fp8, areSteps: true, tolerance: null);

        Assert.Equal(new LayerLimits(null, 24), limits);
        Assert.False(limits.JudgeValue("layer.20/feed_forward/gelu", CreateErrors(4), CreateErrors(28)).IsBeyond);
        Assert.True(limits.JudgeValue("layer.20/feed_forward/gelu", CreateErrors(30), CreateErrors(20)).IsBeyond);
        Assert.True(limits.JudgeValue("embeddings/norm", CreateErrors(4), CreateErrors(28)).IsBeyond);
    }

    [Fact]
    public void The_whole_counts_where_steps_do_not_hold_all_of_it_or_are_not_known()
    {
        Assert.Equal(new LayerLimits(6, 25), LayerLimits.FindLimits(Checkpoint, StaticInt8, areSteps: true, tolerance: null));
        Assert.Equal(new LayerLimits(12, 24), LayerLimits.FindLimits(Fp8, Fp8, areSteps: false, tolerance: null));
        Assert.True(LayerLimits.FindLimits(Fp8, Fp8, areSteps: false, tolerance: null).JudgeValue("layer.2/attention/value", CreateErrors(4), null).IsBeyond);
    }

    [Fact]
    public void A_tolerance_that_was_asked_for_is_the_only_one()
        => Assert.Equal(new LayerLimits(50, null), LayerLimits.FindLimits(Checkpoint, Fp8, areSteps: true, tolerance: 50));

    private sealed record Source(double UsualTolerance, double? UsualStepTolerance, bool DoStepsTellAll) : ILayerSource
    {
        public string Name => "source";

        public IReadOnlyList<string> Values => [];

        public int FindWidth(string value) => 4;

        public int[] EncodePair(string query, string passage, int longest) => [];

        public void Run(int[] ids, Action<string, ReadOnlySpan<float>> see)
        {
        }

        public void Dispose()
        {
        }
    }
}
