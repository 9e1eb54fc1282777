using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Logging;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>
/// Opens a session on a built engine, building it first where there is none. One process of a machine builds at a time;
/// the others wait for its engine.
/// </summary>
internal sealed partial class TensorRtSessions(
    EngineStore store, GpuLibraries libraries, TimeProvider time, ILogger logger, SessionOpener? opener = null)
{
    private readonly SessionOpener _open = opener ?? ((graph, values) => CreateSession(graph, values, logger));

    /// <summary>Opens the session.</summary>
    /// <param name="graph">The padded graph.</param>
    /// <param name="device">The GPU.</param>
    /// <param name="precision">Precision of the model.</param>
    /// <param name="profile">Shapes to build for.</param>
    /// <param name="options">Whether to build.</param>
    /// <exception cref="EngineUnavailableException">There is no engine and none may or can be built, or it does not load.</exception>
    public InferenceSession Open(string graph, GpuDevice device, string precision, ShapeProfile profile, TensorRtOptions options)
    {
        try
        {
            using var building = new Mutex(initiallyOwned: false, $@"Global\reranker-engine-{store.Key.Hash}");
            WaitForBuildLock(building);
            try
            {
                return TryOpenContext(device, precision) ?? OpenGraph(graph, device, precision, profile, options);
            }
            finally
            {
                building.ReleaseMutex();
            }
        }
        catch (Exception e) when (GpuFaults.IsRuntimeFailure(e))
        {
            throw new EngineUnavailableException(EngineKind.TensorRt, GpuFaults.DescribeReason(e, device), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineUnavailableException(EngineKind.TensorRt, $"the engine cache cannot be written ({e.Message})", e);
        }
    }

    private static void WaitForBuildLock(Mutex building)
    {
        try
        {
            building.WaitOne();
        }
        catch (AbandonedMutexException)
        {
            // The process that built was killed. The lock is ours now, and the store knows what is whole.
        }
    }

    private InferenceSession? TryOpenContext(GpuDevice device, string precision)
    {
        if (!store.HasContext)
        {
            return null;
        }

        try
        {
            return _open(store.ContextGraph, TensorRtProviderOptions.ForContext(device, precision));
        }
        catch (OnnxRuntimeException e) when (!OnnxFaults.IsOutOfMemory(e) && libraries.FindMissingForBuild(device) is null)
        {
            // A graph that is the only way to the engine, or that only lacked memory, is kept. Else the engine cache remains, and says itself whether its engine still holds.
            LogContextUnusable(logger, store.ContextGraph, OnnxFaults.ReadFirstLine(e));
            store.DropContext();
            return null;
        }
    }

    private InferenceSession OpenGraph(string graph, GpuDevice device, string precision, ShapeProfile profile, TensorRtOptions options)
    {
        if (!store.HasEngine && !options.Build)
        {
            throw new EngineUnavailableException(EngineKind.TensorRt, $"there is no engine in {store.Folder} and none may be built now; 'reranker engine build' builds it");
        }

        // The provider asks for the builder even when it finds its engine, and crashes where the library is missing.
        if (libraries.FindMissingForBuild(device) is { } missing)
        {
            throw new EngineUnavailableException(EngineKind.TensorRt, missing);
        }

        var builds = !store.HasEngine;
        store.CreateFolders();
        var start = time.GetTimestamp();
        if (builds)
        {
            LogBuildStarted(logger, device.Name, profile, store.Folder);
        }

        var session = _open(graph, TensorRtProviderOptions.ForGraph(device, precision, profile, store, options));
        if (builds)
        {
            KeepBuilt(session);
            LogBuilt(logger, store.EngineBytes / 1_000_000, time.GetElapsedTime(start).TotalSeconds);
        }

        return session;
    }

    // The provider does not say when the disk is full under its engine, and then there is no room for the mark either.
    private void KeepBuilt(InferenceSession session)
    {
        try
        {
            store.MarkComplete();
        }
        catch
        {
            // Another engine may come next on this device, and needs its memory.
            using var pass = CaptureGate.EnterForWork();
            session.Dispose();
            throw;
        }
    }

    // A build allocates, runs and waits for minutes, in which nobody else of the process captures: models are loaded one after
    // another, and those of one load are of one kind.
    private static InferenceSession CreateSession(string graph, Dictionary<string, string> values, ILogger logger)
    {
        using var load = CaptureGate.EnterForLoad();
        using var pass = CaptureGate.EnterForWork();
        return GpuSession.OpenWithCpuFallback(
            graph,
            options =>
            {
                using var provider = new OrtTensorRTProviderOptions();
                provider.UpdateOptions(values);
                options.AppendExecutionProvider_Tensorrt(provider);
            },
            logger);
    }

    [LoggerMessage(
        InferenceEventIds.EngineBuildStarted,
        LogLevel.Information,
        "A TensorRT engine for {Device}, profile {Profile}, is being built in {Folder}, which takes minutes")]
    private static partial void LogBuildStarted(ILogger logger, string device, ShapeProfile profile, string folder);

    [LoggerMessage(InferenceEventIds.EngineBuilt, LogLevel.Information, "A TensorRT engine of {Megabytes} MB is built after {Seconds:F0} s")]
    private static partial void LogBuilt(ILogger logger, long megabytes, double seconds);

    [LoggerMessage(InferenceEventIds.EngineContextUnusable, LogLevel.Warning, "The context graph {File} does not load and is written anew: {Reason}")]
    private static partial void LogContextUnusable(ILogger logger, string file, string reason);
}
