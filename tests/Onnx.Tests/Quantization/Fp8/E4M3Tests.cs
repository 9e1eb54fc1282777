using Reranker.Onnx.Quantization.Fp8;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Quantization.Fp8;

public sealed class E4M3Tests
{
    [Fact]
    public void Every_code_comes_back()
    {
        for (var code = 0; code < 256; code++)
        {
            if ((code & 0x7F) == 0x7F)
            {
                Assert.True(float.IsNaN(E4M3.ToSingle((byte)code)));
            }
            else
            {
                Assert.Equal(E4M3Reference.Decode(code), E4M3.ToSingle((byte)code));
                Assert.Equal(code, E4M3.FromSingle(E4M3.ToSingle((byte)code)));
            }
        }
    }

    [Fact]
    public void Values_between_round_to_the_nearest_and_ties_to_the_even_code()
    {
        for (var code = 0; code < 126; code++)
        {
            var (low, high) = (E4M3.ToSingle((byte)code), E4M3.ToSingle((byte)(code + 1)));
            var middle = (low + high) / 2;
            Assert.Equal(code, E4M3.FromSingle(MathF.BitDecrement(middle)));
            Assert.Equal(code + 1, E4M3.FromSingle(MathF.BitIncrement(middle)));
            Assert.Equal(code % 2 == 0 ? code : code + 1, E4M3.FromSingle(middle));
            Assert.Equal(0x80 | E4M3.FromSingle(middle), E4M3.FromSingle(-middle));
        }
    }

    [Theory]
    [InlineData(448.1f, 0x7E)]
    [InlineData(464f, 0x7E)]
    [InlineData(1e30f, 0x7E)]
    [InlineData(float.PositiveInfinity, 0x7E)]
    [InlineData(float.NegativeInfinity, 0xFE)]
    [InlineData(1e-30f, 0)]
    [InlineData(float.Epsilon, 0)]
    public void What_is_too_large_saturates_and_what_is_too_small_is_zero(float value, int code)
        => Assert.Equal(code, E4M3.FromSingle(value));
}
