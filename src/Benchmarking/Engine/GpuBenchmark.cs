using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;

namespace Reranker.Benchmarking.Engine;

/// <summary>Loads a model on a GPU and measures speed and memory. It should have the GPU to itself.</summary>
public static class GpuBenchmark
{
    /// <summary>Loads, measures, and unloads.</summary>
    /// <param name="factory">Makes the engine.</param>
    /// <param name="model">The model.</param>
    /// <param name="engine">Which engine and how; a CPU works too and has no device memory to report.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told of every finished row, or null.</param>
    /// <exception cref="EngineUnavailableException">The engine does not work here.</exception>
    /// <exception cref="ModelFolderException">The model's files are wrong.</exception>
    /// <exception cref="EngineException">A run failed.</exception>
    public static EngineBenchmarkReport MeasureModel(
        EngineFactory factory,
        ModelFolder model,
        EngineOptions engine,
        EngineBenchmarkOptions options,
        TimeProvider time,
        IProgress<EngineBenchmarkRow>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(engine);
        var ordinal = engine.Devices.Count > 0 ? engine.Devices[0] : 0;
        var memory = engine.Engine is EngineKind.Cpu or EngineKind.Scripted ? null : GpuMemory.Open(ordinal);
        var context = memory?.ReadUsedBytes() ?? 0;
        using var loaded = factory.Load(model, engine);
        var used = memory?.ReadUsedBytes() ?? 0;
        var report = EngineBenchmark.MeasureEngine(loaded, model.Manifest.Shape, options, time, progress);
        return memory is null
            ? report
            : report with { Memory = new DeviceMemory(context, used, memory.ReadUsedBytes(), model.CountWeightBytes()) };
    }
}
