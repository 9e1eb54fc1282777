using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.Gpu;

public sealed class GpuDevicesTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ModelFolder _model;

    public GpuDevicesTests() => _model = TinyModels.Import(_temp);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Every_visible_GPU_gets_an_engine()
    {
        Assert.Equal(2, GpuDevices.CountEngines(new EngineOptions(), new FakeDriver()));
        Assert.Equal(1, Ordinal(new EngineOptions(), engine: 1));
    }

    [Fact]
    public void A_GPU_may_be_named_twice()
    {
        var options = new EngineOptions { Devices = [1, 1, 0] };

        Assert.Equal(3, GpuDevices.CountEngines(options, new FakeDriver()));
        Assert.Equal([1, 1, 0], Enumerable.Range(0, 3).Select(i => Ordinal(options, i)));
    }

    [Fact]
    public void Without_a_driver_there_is_no_engine_on_a_GPU()
        => Assert.Equal(0, GpuDevices.CountEngines(new EngineOptions { Devices = [0] }, new FakeDriver { Problem = "none" }));

    [Theory]
    [InlineData(2, "there is no GPU for engine 2")]
    [InlineData(-1, "there is no GPU for engine -1")]
    public void An_engine_beyond_the_GPUs_is_refused(int engine, string reason)
        => Assert.Equal(reason, Assert.Throws<EngineUnavailableException>(() => Ordinal(new EngineOptions(), engine)).Reason);

    [Fact]
    public void A_named_GPU_that_is_not_there_is_refused() => Assert.Equal(
        "GPU 7 was asked for and the driver shows 2, counted from 0",
        Assert.Throws<EngineUnavailableException>(() => Ordinal(new EngineOptions { Devices = [7] }, 0)).Reason);

    private int Ordinal(EngineOptions options, int engine)
        => GpuDevices.FindDevice(new EngineRequest(_model, options, engine), EngineKind.Cuda, new FakeDriver()).Ordinal;
}
