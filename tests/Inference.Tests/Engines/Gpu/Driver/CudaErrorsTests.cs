using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Tests.Engines.Gpu.Driver;

public sealed class CudaErrorsTests
{
    [Theory]
    [InlineData(214)]
    [InlineData(220)]
    [InlineData(226)]
    [InlineData(700)]
    [InlineData(702)]
    [InlineData(709)]
    [InlineData(710)]
    [InlineData(714)]
    [InlineData(715)]
    [InlineData(716)]
    [InlineData(717)]
    [InlineData(718)]
    [InlineData(719)]
    [InlineData(721)]
    [InlineData(802)]
    [InlineData(810)]
    [InlineData(911)]
    [InlineData(999)]
    public void What_comes_back_from_every_later_call_is_sticky(int result) => Assert.True(CudaErrors.IsSticky(result));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(46)]
    [InlineData(100)]
    [InlineData(201)]
    [InlineData(600)]
    [InlineData(701)]
    [InlineData(712)]
    [InlineData(720)]
    [InlineData(801)]
    [InlineData(900)]
    [InlineData(901)]
    [InlineData(904)]
    [InlineData(906)]
    [InlineData(908)]
    public void What_is_true_of_one_call_is_not(int result) => Assert.False(CudaErrors.IsSticky(result));
}
