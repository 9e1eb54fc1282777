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
    public static IReadOnlyList<ModelPrecision> List(EngineKind engine) => List(engine, hasPacked: true, CudaDriver.Instance, GpuLibraries.Default);

    /// <summary>The same for a model without packed graphs, which GPUs run padded.</summary>
    public static IReadOnlyList<ModelPrecision> ListWithoutPacked(EngineKind engine) => List(engine, hasPacked: false, CudaDriver.Instance, GpuLibraries.Default);

    internal static IReadOnlyList<ModelPrecision> List(EngineKind engine, bool hasPacked, ICudaDriver driver, GpuLibraries libraries)
        => EngineTable.ListImported(ListEngines(engine, libraries), hasPacked, Fp8Gpus.AreAll(driver));

    // One that is named is taken to be there: what it lacks is told when it is started.
    private static List<EngineKind> ListEngines(EngineKind engine, GpuLibraries libraries) => engine switch
    {
        EngineKind.Scripted => [EngineKind.Cpu],
        not EngineKind.Auto => [engine],
        _ =>
        [
            .. libraries.FindMissingForCuda() is null ? [EngineKind.Cuda] : Array.Empty<EngineKind>(),
            .. libraries.FindMissingForTensorRt() is null ? [EngineKind.TensorRt] : Array.Empty<EngineKind>(),
            EngineKind.Cpu,
        ],
    };
}
