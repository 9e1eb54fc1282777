using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>Builds TensorRT engines ahead of the first start, and says whether one is there.</summary>
public sealed class EngineBuilder(TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Builds the engine of a model for a GPU of this machine, runs its probes and measures its costs. Takes minutes.</summary>
    /// <returns>What was built, or was there already.</returns>
    /// <exception cref="EngineUnavailableException">TensorRT does not work here or not with this model.</exception>
    /// <exception cref="ModelFolderException">The model's files are wrong, or the engine gives other logits than its manifest says.</exception>
    public BuiltEngine Build(ModelFolder model, EngineOptions options, int deviceOrdinal = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        var request = Request(model, options, deviceOrdinal);
        var plan = TensorRtPlan.Of(request, CudaDriver.Instance, GpuLibraries.Default);
        var was = plan.Store.HasEngine;
        using var engine = new TensorRtEngineProvider(time, loggers.CreateLogger<TensorRtEngineProvider>()).Load(request);
        return new BuiltEngine(plan.Store.Folder, plan.Store.Key.Text, Built: !was, plan.Store.EngineBytes, engine.Description.StartupTime);
    }

    /// <summary>Looks for the engine that <see cref="Build"/> would make, without loading it.</summary>
    /// <returns>The engine, or null when it must be built.</returns>
    /// <exception cref="EngineUnavailableException">TensorRT does not work here or not with this model.</exception>
    public static BuiltEngine? Check(ModelFolder model, EngineOptions options, int deviceOrdinal = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        var store = TensorRtPlan.Of(Request(model, options, deviceOrdinal), CudaDriver.Instance, GpuLibraries.Default).Store;
        return store.HasEngine ? new BuiltEngine(store.Folder, store.Key.Text, Built: false, store.EngineBytes, TimeSpan.Zero) : null;
    }

    private static EngineRequest Request(ModelFolder model, EngineOptions options, int deviceOrdinal)
        => new(model, options.Checked() with { Engine = EngineKind.TensorRt }, deviceOrdinal);
}

/// <summary>An engine in the engine cache.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Key">What it depends on, a line each.</param>
/// <param name="Built">True when it was built now.</param>
/// <param name="Bytes">Size of the engine.</param>
/// <param name="Time">Time to build or load it, to run its probes and to measure its costs; zero when it was only looked for.</param>
public sealed record BuiltEngine(string Folder, string Key, bool Built, long Bytes, TimeSpan Time);
