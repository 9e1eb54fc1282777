using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>Builds TensorRT engines ahead of the first start, and loads them to see whether they are right.</summary>
public sealed class EngineBuilder(TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Builds the engine of a model for a GPU of this machine, runs its probes and measures its costs. Takes minutes.</summary>
    /// <returns>What was built, or was there already.</returns>
    /// <exception cref="EngineUnavailableException">TensorRT does not work here or not with this model.</exception>
    /// <exception cref="ModelFolderException">The model's files are wrong, or the engine gives other logits than its manifest says.</exception>
    public BuiltEngine Build(ModelFolder model, EngineOptions options, int deviceOrdinal = 0)
    {
        var request = CreateRequest(model, options, deviceOrdinal, build: true);
        var plan = TensorRtPlan.CreatePlan(request, CudaDriver.Instance, GpuLibraries.Default);
        var was = plan.Store.HasEngine;
        using var engine = Load(request);
        return BuiltEngine.FromPlan(plan, request, built: !was, engine.Description);
    }

    /// <summary>Loads an engine that <see cref="Build"/> made and runs its probes; builds nothing.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">As they were to <see cref="Build"/>.</param>
    /// <param name="inspect">Does more with the loaded engine, or null.</param>
    /// <param name="deviceOrdinal">Which of the options' devices.</param>
    /// <exception cref="EngineUnavailableException">There is no engine, it does not load, or TensorRT does not work here.</exception>
    /// <exception cref="ModelFolderException">The model's files are wrong, or the engine gives other logits than its manifest says.</exception>
    public BuiltEngine CheckBuilt(ModelFolder model, EngineOptions options, Action<IInferenceEngine>? inspect = null, int deviceOrdinal = 0)
    {
        var request = CreateRequest(model, options, deviceOrdinal, build: false);
        var plan = TensorRtPlan.CreatePlan(request, CudaDriver.Instance, GpuLibraries.Default);
        using var engine = Load(request);
        inspect?.Invoke(engine);
        return BuiltEngine.FromPlan(plan, request, built: false, engine.Description);
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns the engine.")]
    private IInferenceEngine Load(EngineRequest request)
        => new TensorRtEngineProvider(time, loggers.CreateLogger<TensorRtEngineProvider>()).Load(request);

    private static EngineRequest CreateRequest(ModelFolder model, EngineOptions options, int deviceOrdinal, bool build)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        return new EngineRequest(
            model, options.Checked() with { Engine = EngineKind.TensorRt, TensorRt = options.TensorRt with { Build = build } }, deviceOrdinal);
    }
}
