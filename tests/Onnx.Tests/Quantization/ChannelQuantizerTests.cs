using CsCheck;
using Reranker.Onnx.Quantization;

namespace Reranker.Onnx.Tests.Quantization;

public sealed class ChannelQuantizerTests
{
    [Fact]
    public void The_squared_error_is_at_most_that_of_the_full_range() => Gen.Float[-10, 10].Array[1, 60].Sample(
        values =>
        {
            var levels = new sbyte[values.Length];
            var scale = ChannelQuantizer.QuantizeChannel(values, 0, 1, values.Length, levels);
            var full = values.Max(MathF.Abs) / 127;

            Assert.All(levels, l => Assert.InRange(l, -127, 127));
            Assert.True(Error(values, v => levels[v] * scale) <= Error(values, v => full == 0 ? 0 : MathF.Round(values[v] / full) * full) + 1e-9);
        }, seed: "0001m4vAXYm3", iter: 300, threads: 1);

    [Fact]
    public void A_column_is_quantized_without_touching_the_others()
    {
        float[] matrix = [1, 100, -2, 200, 4, 400];
        var levels = new sbyte[6];

        var scale = ChannelQuantizer.QuantizeChannel(matrix, 0, 2, 3, levels);

        Assert.Equal([0, 0, 0], [levels[1], levels[3], levels[5]]);
        Assert.Equal([1f, -2f, 4f], [levels[0] * scale, levels[2] * scale, levels[4] * scale], (a, b) => MathF.Abs(a - b) < 0.05f);
    }

    [Fact]
    public void A_channel_of_zeros_has_a_scale_to_divide_by()
        => Assert.Equal(1, ChannelQuantizer.QuantizeChannel(new float[4], 0, 1, 4, new sbyte[4]));

    private static double Error(float[] values, Func<int, float> restored)
        => values.Select((v, i) => (double)(v - restored(i)) * (v - restored(i))).Sum();
}
