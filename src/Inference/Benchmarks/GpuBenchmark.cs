using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;

namespace Reranker.Inference.Benchmarks;

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
    public static BenchmarkReport Run(
        EngineFactory factory,
        ModelFolder model,
        EngineOptions engine,
        BenchmarkOptions options,
        TimeProvider time,
        IProgress<BenchmarkRow>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(engine);
        var ordinal = engine.Devices.Count > 0 ? engine.Devices[0] : 0;
        var driver = CudaDriver.Instance;
        var onGpu = driver.Problem is null && engine.Engine is not (EngineKind.Cpu or EngineKind.Scripted);
        if (onGpu)
        {
            driver.KeepContext(ordinal);
        }

        var context = onGpu ? driver.UsedBytes(ordinal) : 0;
        using var loaded = factory.Load(model, engine);
        var used = onGpu ? driver.UsedBytes(ordinal) : 0;
        var report = EngineBenchmark.Run(loaded, model.Manifest.Shape, options, time, progress);
        return onGpu
            ? report with { Memory = new DeviceMemory(context, used, driver.UsedBytes(ordinal), new FileInfo(model.WeightsPath).Length) }
            : report;
    }
}
