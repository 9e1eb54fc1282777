using Reranker.Onnx.Quantization;

namespace Reranker.Onnx.Tests.Quantization;

public sealed class ChannelSmoothingTests
{
    [Fact]
    public void Full_strength_makes_channels_equally_large()
    {
        float[] inputMax = [0.5f, 8, 2];

        var factors = ChannelSmoothing.ComputeFactors(inputMax, [1, 1, 1], strength: 1);

        var smooth = inputMax.Zip(factors, (m, f) => m / f).ToArray();
        Assert.All(smooth, m => Assert.Equal(smooth[0], m, 1e-5f));
    }

    [Fact]
    public void Channels_that_are_always_zero_give_finite_factors()
        => Assert.All(ChannelSmoothing.ComputeFactors([0, 1], [0, 1], 0.6f), f => Assert.True(float.IsFinite(f) && f > 0));
}
