using Reranker.Inference.Engines.Cuda.Products;

namespace Reranker.Inference.Tests.Engines.Cuda.Products;

public sealed class FastestKernelTests
{
    [Theory]
    [InlineData(new[] { 10f, 8f, 9f }, 1)]
    [InlineData(new[] { 10f, 9.9f, 10f }, 0)]
    [InlineData(new[] { float.PositiveInfinity, 9f, 5f }, 2)]
    [InlineData(new[] { float.PositiveInfinity, float.PositiveInfinity }, -1)]
    [InlineData(new float[0], -1)]
    public void The_first_one_is_kept_unless_another_is_clearly_faster(float[] times, int expected)
        => Assert.Equal(expected, FastestKernel.FindFastest(times.Length, i => times[i]));

    [Fact]
    public void A_kernel_is_judged_by_its_best_round_and_one_that_failed_is_not_tried_again()
    {
        var calls = new int[3];
        float Measure(int i)
        {
            calls[i]++;
            return i switch
            {
                // A slow moment of the card in the first round.
                0 => calls[0] == 1 ? 100 : 5,
                1 => 7,
                _ => float.PositiveInfinity,
            };
        }

        Assert.Equal(0, FastestKernel.FindFastest(3, Measure));
        Assert.Equal(1, calls[2]);
    }

    [Fact]
    public void A_kernel_that_is_far_behind_after_two_rounds_is_left_out_of_the_third()
    {
        var calls = new int[3];

        Assert.Equal(1, FastestKernel.FindFastest(3, i => ++calls[i] > 0 ? 11 - i + (i / 2 * 11) : 0));

        Assert.Equal([3, 3, 2], calls);
    }
}
