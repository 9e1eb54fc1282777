using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Selection;

/// <summary>
/// Which precisions a model should be imported in for this machine: what <see cref="EngineFactory"/> would take first of all of
/// them, and what it falls back to where a quantized one ranks badly.
/// </summary>
public static class FastestPrecisions
{
    /// <summary>The precisions for an engine that was asked for.</summary>
    public static IReadOnlyList<ModelPrecision> List(EngineKind engine) => List(engine, CudaDriver.Instance, GpuLibraries.Default);

    /// <summary>The same for a model without packed graphs, which the CUDA engine cannot run.</summary>
    public static IReadOnlyList<ModelPrecision> ListWithoutPacked(EngineKind engine) => ListWithoutPacked(engine, GpuLibraries.Default);

    internal static IReadOnlyList<ModelPrecision> ListWithoutPacked(EngineKind engine, GpuLibraries libraries) => engine switch
    {
        EngineKind.Cpu or EngineKind.Scripted => [ModelPrecision.Int8],
        EngineKind.Auto when libraries.FindMissingForTensorRt() is not null => [ModelPrecision.Int8],
        _ => [ModelPrecision.Fp16],
    };

    internal static IReadOnlyList<ModelPrecision> List(EngineKind engine, ICudaDriver driver, GpuLibraries libraries) => engine switch
    {
        EngineKind.Cpu or EngineKind.Scripted => [ModelPrecision.Int8],
        EngineKind.TensorRt => [ModelPrecision.Fp16],
        EngineKind.Cuda => ListForCuda(driver),
        _ when libraries.FindMissingForCuda() is null => ListForCuda(driver),
        _ when libraries.FindMissingForTensorRt() is null => [ModelPrecision.Fp16],
        _ => [ModelPrecision.Int8],
    };

    private static ModelPrecision[] ListForCuda(ICudaDriver driver)
        => Fp8Gpus.AreAll(driver) ? [ModelPrecision.Fp16, ModelPrecision.Fp8] : [ModelPrecision.Fp16];
}
