using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Cpu;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Logging;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Selection;

/// <summary>Chooses the engine for a model: the one that is named, or the fastest that works; it logs why a faster one does not.</summary>
public sealed partial class EngineFactory
{
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

    /// <summary>Loads the model. Takes seconds to minutes; call it before the process says that it is ready.</summary>
    /// <exception cref="EngineUnavailableException">The named engine, or every engine of the automatic choice, does not work here.</exception>
    /// <exception cref="ModelFolderException">The model's files are wrong.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns the engine.")]
    public IInferenceEngine Load(ModelFolder model, EngineOptions options, int deviceOrdinal = 0)
        => Load(model, options, deviceOrdinal, out _);

    /// <summary>As <see cref="Load(ModelFolder, EngineOptions, int)"/>, and says which kind it became.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns the engine.")]
    internal IInferenceEngine Load(ModelFolder model, EngineOptions options, int deviceOrdinal, out EngineKind kind)
    {
        ArgumentNullException.ThrowIfNull(model);
        options.Checked();
        if (model.Manifest.HasPlaceholderScales && !options.AllowPlaceholderScales)
        {
            throw new ModelFolderException(
                model.Path, "its activation scales are placeholders, so its scores are wrong: it can be measured ('reranker bench gpu') and must not serve");
        }

        var reasons = new List<string>();
        foreach (var candidate in options.Engine == EngineKind.Auto ? ListCandidates(model.Manifest.Precision) : [options.Engine])
        {
            try
            {
                var fallback = reasons.Count == 0 ? null : string.Join("; ", reasons);
                var engine = Load(new EngineRequest(model, options, deviceOrdinal, fallback), candidate);
                kind = candidate;
                return engine;
            }
            catch (EngineUnavailableException e) when (options.Engine == EngineKind.Auto)
            {
                reasons.Add($"{candidate}: {e.Reason}");
                LogFallback(_logger, e.IsForWantOfDevice ? LogLevel.Debug : LogLevel.Warning, candidate, model.Manifest.Name, e.Reason);
            }
        }

        throw new EngineUnavailableException(EngineKind.Auto, string.Join("; ", reasons));
    }

    /// <summary>
    /// The automatic choice, fastest first. On an H100 the packed CUDA graph is faster than a TensorRT engine of the same precision
    /// at every shape, and needs no minutes to build; only TensorRT makes INT8 products of a QDQ graph. A kind that no provider
    /// serves is still tried, so that its absence is told.
    /// </summary>
    internal static EngineKind[] ListCandidates(string precision) => precision == ModelManifest.Int8Qdq
        ? [EngineKind.TensorRt, EngineKind.Cuda, EngineKind.Cpu]
        : [EngineKind.Cuda, EngineKind.TensorRt, EngineKind.Cpu];

    /// <summary>Loads with that kind of engine, whatever the options say.</summary>
    internal IInferenceEngine Load(EngineRequest request, EngineKind kind)
        => ReportReady(FindProvider(kind).Load(request), kind, request.Options);

    private IEngineProvider FindProvider(EngineKind kind) => _providers.TryGetValue(kind, out var provider)
        ? provider
        : throw new EngineUnavailableException(kind, "this build has no such engine");

    private IInferenceEngine ReportReady(IInferenceEngine engine, EngineKind kind, EngineOptions options)
    {
        var d = engine.Description;
        if (kind == EngineKind.TensorRt && options.InstancesPerGpu > 1)
        {
            // Its session has one execution context behind a lock: a second run would only wait there.
            LogOneInstance(_logger, d.ModelName, d.Device);
        }

        LogReady(
            _logger, d.ModelName, d.Precision, d.ExecutionProvider, d.Device, d.Lanes, engine.Cost.TokensPerSecond, d.StartupTime.TotalSeconds);
        return engine;
    }

    [LoggerMessage(EventId = InferenceEventIds.EngineFallback, Message = "{Engine} cannot run model {Model}: {Reason}")]
    private static partial void LogFallback(ILogger logger, LogLevel level, EngineKind engine, string model, string reason);

    [LoggerMessage(
        InferenceEventIds.OneInstance,
        LogLevel.Warning,
        "Model {Model} runs one batch at a time on {Device}, because TensorRT has one context a session; a GPU that is named twice has two")]
    private static partial void LogOneInstance(ILogger logger, string model, string device);

    [LoggerMessage(
        InferenceEventIds.EngineReady,
        LogLevel.Information,
        "Model {Model} ({Precision}) is ready on {Provider}, {Device}, {Lanes} lanes, {TokensPerSecond:F0} tokens/s, after {Seconds:F1} s")]
    private static partial void LogReady(
        ILogger logger, string model, string precision, string provider, string device, int lanes, double tokensPerSecond, double seconds);
}
