using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Cpu;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Logging;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Selection;

/// <summary>Chooses the engine for a model: the one that is named, or the fastest that works; it logs why a faster one does not.</summary>
public sealed partial class EngineFactory
{
    private readonly Dictionary<EngineKind, IEngineProvider> _providers;
    private readonly ICudaDriver _driver;
    private readonly ILogger<EngineFactory> _logger;

    /// <summary>Creates a factory over the given providers, at most one a kind.</summary>
    public EngineFactory(IEnumerable<IEngineProvider> providers, ILogger<EngineFactory> logger)
        : this(providers, CudaDriver.Instance, logger)
    {
    }

    internal EngineFactory(IEnumerable<IEngineProvider> providers, ICudaDriver driver, ILogger<EngineFactory> logger)
        => (_providers, _driver, _logger) = (providers.ToDictionary(p => p.Kind), driver, logger);

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
        RequireScales(model, options);
        var reasons = new List<string>();
        var candidates = EngineCandidates.List(model, options.Engine, reasons);
        foreach (var (folder, candidate) in candidates)
        {
            try
            {
                var fallback = reasons.Count == 0 ? null : string.Join("; ", reasons);
                var engine = Load(new EngineRequest(folder, options, deviceOrdinal, fallback), candidate);
                kind = candidate;
                ReportPrecision(model, engine.Description);
                return engine;
            }
            catch (EngineUnavailableException e) when (options.Engine == EngineKind.Auto || candidates.Length > 1)
            {
                reasons.Add(model.Manifest.Precisions is null ? $"{candidate}: {e.Reason}" : $"{folder.Manifest.Precision} on {candidate}: {e.Reason}");
                LogFallback(_logger, e.IsForWantOfDevice ? LogLevel.Debug : LogLevel.Warning, candidate, folder.Manifest.Name, e.Reason);
            }
        }

        if (model.Manifest.Precision == ModelPrecision.Fp8.Name && model.Manifest.Precisions is null)
        {
            reasons.Add("other engines have no FP8: import the model with --precision fp16 for other GPUs, or with int8 for CPUs");
        }

        throw new EngineUnavailableException(options.Engine, string.Join("; ", reasons));
    }

    /// <summary>The automatic choice for a model of one precision, fastest first.</summary>
    internal static EngineKind[] ListCandidates(string precision) => EngineCandidates.ListKinds(precision);

    /// <summary>Loads with that kind of engine, whatever the options say.</summary>
    internal IInferenceEngine Load(EngineRequest request, EngineKind kind)
    {
        RequireScales(request.Model, request.Options);
        Fp8Gpus.RequireSupport(request, kind, _driver);
        return ReportReady(FindProvider(kind).Load(request), kind, request.Options);
    }

    // Of several precisions the one with placeholders is not tried.
    private static void RequireScales(ModelFolder model, EngineOptions options)
    {
        if (model.Manifest is { HasPlaceholderScales: true, Precisions: null } && !options.AllowPlaceholderScales)
        {
            throw new ModelFolderException(
                model.Path, "its activation scales are placeholders, so its scores are wrong: it can be measured ('reranker bench gpu') and must not serve");
        }
    }

    private void ReportPrecision(ModelFolder model, EngineDescription engine)
    {
        if (model.Manifest.Precisions is { } several)
        {
            LogPrecision(_logger, engine.ModelName, engine.Precision, string.Join(", ", several.Select(p => p.Precision)), engine.FallbackReason ?? "it is the fastest");
        }
    }

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

        if (kind == EngineKind.Cpu && ModelPrecision.Find(d.Precision) is { IsForProcessors: false })
        {
            LogSlowPrecision(_logger, d.ModelName, d.Precision);
        }

        LogReady(
            _logger, d.ModelName, d.Precision, d.ExecutionProvider, d.Device, d.Lanes, engine.Cost.TokensPerSecond, d.StartupTime.TotalSeconds);
        return engine;
    }

    [LoggerMessage(EventId = InferenceEventIds.EngineFallback, Message = "{Engine} cannot run model {Model}: {Reason}")]
    private static partial void LogFallback(ILogger logger, LogLevel level, EngineKind engine, string model, string reason);

    [LoggerMessage(
        InferenceEventIds.PrecisionChosen,
        LogLevel.Information,
        "Model {Model} is served in {Precision}, of {Precisions}: {Reason}")]
    private static partial void LogPrecision(ILogger logger, string model, string precision, string precisions, string reason);

    [LoggerMessage(
        InferenceEventIds.OneInstance,
        LogLevel.Warning,
        "Model {Model} runs one batch at a time on {Device}, because TensorRT has one context a session; a GPU that is named twice has two")]
    private static partial void LogOneInstance(ILogger logger, string model, string device);

    [LoggerMessage(
        InferenceEventIds.SlowPrecision,
        LogLevel.Warning,
        "Model {Model} runs on a processor in {Precision}, which is made for GPUs and slower than fp32 here; int8 is what processors are fast in")]
    private static partial void LogSlowPrecision(ILogger logger, string model, string precision);

    [LoggerMessage(
        InferenceEventIds.EngineReady,
        LogLevel.Information,
        "Model {Model} ({Precision}) is ready on {Provider}, {Device}, {Lanes} lanes, {TokensPerSecond:F0} tokens/s, after {Seconds:F1} s")]
    private static partial void LogReady(
        ILogger logger, string model, string precision, string provider, string device, int lanes, double tokensPerSecond, double seconds);
}
