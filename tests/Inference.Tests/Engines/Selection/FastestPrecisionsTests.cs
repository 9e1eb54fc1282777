using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.Inference.Tests.Engines.Gpu.Libraries;

namespace Reranker.Inference.Tests.Engines.Selection;

/// <summary>A model is imported in what the machine runs fastest.</summary>
public sealed class FastestPrecisionsTests
{
    [Theory]
    [InlineData(EngineKind.Auto, null, 90, "", "fp16,fp8")]
    [InlineData(EngineKind.Auto, null, 89, "", "fp16,fp8")]
    [InlineData(EngineKind.Auto, null, 86, "", "fp16")]
    [InlineData(EngineKind.Auto, "no driver", 90, "", "int8")]
    [InlineData(EngineKind.Auto, null, 90, "libcudart.so.13", "int8")]
    [InlineData(EngineKind.Cpu, null, 90, "", "int8")]
    [InlineData(EngineKind.Scripted, null, 90, "", "int8")]
    [InlineData(EngineKind.Cuda, null, 80, "", "fp16")]
    [InlineData(EngineKind.TensorRt, null, 90, "", "fp16")]
    public void A_machine_has_its_precisions(EngineKind engine, string? problem, int capability, string missing, string expected)
    {
        var driver = new FakeDriver { Problem = problem, ComputeCapability = capability };
        var libraries = new GpuLibraries(driver, missing.Length == 0 ? new FakeLibraries() : new FakeLibraries(missing, "libnvinfer.so.10"));

        Assert.Equal(expected, string.Join(',', FastestPrecisions.List(engine, driver, libraries)));
    }

    [Theory]
    [InlineData(EngineKind.Auto, "", "fp16")]
    [InlineData(EngineKind.Auto, "libnvinfer.so.10", "int8")]
    [InlineData(EngineKind.TensorRt, "libnvinfer.so.10", "fp16")]
    [InlineData(EngineKind.Cpu, "", "int8")]
    public void Without_packed_graphs_there_is_TensorRT_or_the_CPU(EngineKind engine, string missing, string expected)
    {
        var libraries = new GpuLibraries(new FakeDriver(), missing.Length == 0 ? new FakeLibraries() : new FakeLibraries(missing));

        Assert.Equal(expected, string.Join(',', FastestPrecisions.ListWithoutPacked(engine, libraries)));
    }
}
