using Reranker.Grains.Models;

namespace Reranker.Grains.Tests.Models;

public sealed class ModelPinsTests
{
    [Fact]
    public void Pins_are_counted_by_identity_until_they_are_let_go()
    {
        var pins = new ModelPins();
        var first = pins.PinRequest("1111");
        var second = pins.PinRequest("1111");
        using var other = pins.PinRequest("2222");
        Assert.Equal(2, pins.CountPins("1111"));

        first.Dispose();
        second.Dispose();
        Assert.Equal(0, pins.CountPins("1111"));
        Assert.Equal(1, pins.CountPins("2222"));
        Assert.Equal(0, pins.CountPins("3333"));
    }
}
