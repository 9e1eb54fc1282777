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

        Assert.Equal(expected, string.Join(',', FastestPrecisions.List(engine, hasPacked: true, driver, libraries)));
    }

    [Theory]
    [InlineData(EngineKind.Auto, null, "", "fp16")]
    [InlineData(EngineKind.Auto, null, "libnvinfer.so.10", "fp16")]
    [InlineData(EngineKind.Auto, null, "libcudart.so.13", "int8")]
    [InlineData(EngineKind.Auto, "no driver", "", "int8")]
    [InlineData(EngineKind.Cuda, null, "libnvinfer.so.10", "fp16")]
    [InlineData(EngineKind.TensorRt, null, "libnvinfer.so.10", "fp16")]
    [InlineData(EngineKind.Cpu, null, "", "int8")]
    public void Without_packed_graphs_a_GPU_runs_FP16_padded(EngineKind engine, string? problem, string missing, string expected)
    {
        var driver = new FakeDriver { Problem = problem };
        var libraries = new GpuLibraries(driver, missing.Length == 0 ? new FakeLibraries() : new FakeLibraries(missing));

        Assert.Equal(expected, string.Join(',', FastestPrecisions.List(engine, hasPacked: false, driver, libraries)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_model_is_imported_in_is_what_the_automatic_choice_begins_with(bool hasPacked)
    {
        EngineKind[] all = [EngineKind.Cuda, EngineKind.TensorRt, EngineKind.Cpu];
        foreach (var kinds in Enumerable.Range(1, 7).Select(bits => all.Where((_, at) => (bits & (1 << at)) != 0).ToArray()))
        {
            var fastest = EngineTable.ListImported(kinds, hasPacked, hasFp8: true)[^1];
            var first = EngineTable.ListServing().First(row => kinds.Contains(row.Kind) && row.Fits(hasPacked) && row.Use == EngineUse.Import);

            Assert.Equal(first.Precision, fastest);
            Assert.Contains(first.Kind, EngineTable.ListKinds(fastest.Name, hasPacked));
        }
    }
}
