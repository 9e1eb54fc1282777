using Reranker.Inference.Engines;

namespace Reranker.Inference.Tests.Engines;

public sealed class DeviceListTests
{
    [Theory]
    [InlineData("", new int[0])]
    [InlineData(null, new int[0])]
    [InlineData("2", new[] { 2 })]
    [InlineData("0, 1,0", new[] { 0, 1, 0 })]
    public void A_list_keeps_its_order_and_its_repetitions(string? text, int[] devices)
    {
        Assert.True(DeviceList.TryParse(text, out var parsed));
        Assert.Equal(devices, parsed);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("0,")]
    [InlineData("0;1")]
    [InlineData("-1")]
    [InlineData("0 1")]
    [InlineData("99999999999")]
    public void Anything_else_is_refused(string text) => Assert.False(DeviceList.TryParse(text, out _));
}
