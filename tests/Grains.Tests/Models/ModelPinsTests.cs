using Reranker.Grains.Models;

namespace Reranker.Grains.Tests.Models;

public sealed class ModelPinsTests
{
    [Fact]
    public void Pins_are_counted_by_identity_until_they_are_let_go()
    {
        var pins = new ModelPins();
        var first = pins.Add("1111");
        var second = pins.Add("1111");
        using var other = pins.Add("2222");
        Assert.Equal(2, pins.Count("1111"));

        first.Dispose();
        second.Dispose();
        Assert.Equal(0, pins.Count("1111"));
        Assert.Equal(1, pins.Count("2222"));
        Assert.Equal(0, pins.Count("3333"));
    }
}
