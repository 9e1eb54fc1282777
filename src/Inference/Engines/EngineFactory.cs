using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Cpu;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Models;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Engines;

/// <summary>Chooses the engine for a model: the one that is named, or the fastest that works, loudly.</summary>
public sealed partial class EngineFactory
{
    // Fastest first. A kind that no provider serves is still tried, so that its absence is told.
    private static readonly EngineKind[] AutoOrder = [EngineKind.TensorRt, EngineKind.Cuda, EngineKind.Cpu];

    private readonly Dictionary<EngineKind, IEngineProvider> _providers;
    private readonly ILogger<EngineFactory> _logger;

    /// <summary>Creates a factory over the given providers, at most one a kind.</summary>
    public EngineFactory(IEnumerable<IEngineProvider> providers, ILogger<EngineFactory> logger)
    {
        _providers = providers.ToDictionary(p => p.Kind);
        _logger = logger;
    }

    /// <summary>A factory with every provider of this build.</summary>
    public static EngineFactory CreateDefault(ILoggerFactory loggers, TimeProvider? time = null)
    {
        var clock = time ?? TimeProvider.System;
        return new EngineFactory(
            [
                new TensorRtEngineProvider(clock, loggers.CreateLogger<TensorRtEngineProvider>()),
                new CudaEngineProvider(clock, loggers.CreateLogger<CudaEngineProvider>()),
                new CpuEngineProvider(clock, loggers.CreateLogger<CpuEngineProvider>()),
                new ScriptedEngineProvider(clock),
            ],
            loggers.CreateLogger<EngineFactory>());
    }

    /// <summary>
    /// Engines of one model that this process should have: one a GPU, or as many as <see cref="EngineOptions.Devices"/>
    /// names; one where the engine is not a GPU's or no GPU works. Load them with ordinals from 0.
    /// </summary>
    public static int DeviceCount(EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Engine is EngineKind.Cpu or EngineKind.Scripted ? 1 : Math.Max(1, GpuDevices.Count(options));
    }

    /// <summary>Loads the model. Takes seconds to minutes; call it before the process says that it is ready.</summary>
    /// <exception cref="EngineUnavailableException">The named engine, or every engine of the automatic choice, does not work here.</exception>
    /// <exception cref="ModelFolderException">The model's files are wrong.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns the engine.")]
    public IInferenceEngine Load(ModelFolder model, EngineOptions options, int deviceOrdinal = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        options.Checked();
        return options.Engine == EngineKind.Auto
            ? LoadFastest(model, options, deviceOrdinal)
            : Ready(Provider(options.Engine).Load(new EngineRequest(model, options, deviceOrdinal)));
    }

    private IInferenceEngine LoadFastest(ModelFolder model, EngineOptions options, int deviceOrdinal)
    {
        var reasons = new List<string>();
        foreach (var kind in AutoOrder)
        {
            try
            {
                var fallback = reasons.Count == 0 ? null : string.Join("; ", reasons);
                return Ready(Provider(kind).Load(new EngineRequest(model, options, deviceOrdinal, fallback)));
            }
            catch (EngineUnavailableException e)
            {
                reasons.Add($"{kind}: {e.Reason}");
                LogFallback(_logger, kind, model.Manifest.Name, e.Reason);
            }
        }

        throw new EngineUnavailableException(EngineKind.Auto, string.Join("; ", reasons));
    }

    private IEngineProvider Provider(EngineKind kind) => _providers.TryGetValue(kind, out var provider)
        ? provider
        : throw new EngineUnavailableException(kind, "this build has no such engine");

    private IInferenceEngine Ready(IInferenceEngine engine)
    {
        var d = engine.Description;
        LogReady(
            _logger, d.ModelName, d.Precision, d.ExecutionProvider, d.Device, d.Lanes, engine.Cost.TokensPerSecond, d.StartupTime.TotalSeconds);
        return engine;
    }

    [LoggerMessage(EventIds.EngineFallback, LogLevel.Warning, "{Engine} cannot run model {Model}: {Reason}")]
    private static partial void LogFallback(ILogger logger, EngineKind engine, string model, string reason);

    [LoggerMessage(
        EventIds.EngineReady,
        LogLevel.Information,
        "Model {Model} ({Precision}) is ready on {Provider}, {Device}, {Lanes} lanes, {TokensPerSecond:F0} tokens/s, after {Seconds:F1} s")]
    private static partial void LogReady(
        ILogger logger, string model, string precision, string provider, string device, int lanes, double tokensPerSecond, double seconds);
}
