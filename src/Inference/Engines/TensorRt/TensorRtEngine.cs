using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Models;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>
/// The padded graph as one TensorRT engine with one wide profile: one session, one lane, one execution context. There is no
/// CUDA session beside it, which would hold the weights a second time.
/// </summary>
internal sealed partial class TensorRtEngine : IInferenceEngine
{
    private const int Repetitions = 2;

    // Of the measured shapes; a table that an earlier grid made is measured anew.
    private const string GridVersion = "2";

    private readonly InferenceSession _session;
    private readonly TensorElementType _logitType;
    private readonly ICudaDriver _driver;
    private readonly TensorRtPlan _plan;
    private readonly DeviceThread _thread;

    private TensorRtEngine(
        InferenceSession session, TensorElementType logitType, ICudaDriver driver, TensorRtPlan plan, EngineDescription description)
    {
        (_session, _logitType, _driver, _plan) = (session, logitType, driver, plan);
        _thread = new DeviceThread($"tensorrt-{plan.Device.Ordinal}");
        Description = description;
        Cost = null!;
    }

    public EngineDescription Description { get; private set; }

    public ICostModel Cost { get; private set; }

    /// <exception cref="EngineUnavailableException">TensorRT does not work here, not with this model, or has no engine for it.</exception>
    /// <exception cref="ModelFolderException">The graph is no padded graph, or gives other logits than its manifest says.</exception>
    public static TensorRtEngine Load(
        EngineRequest request, ICudaDriver driver, GpuLibraries libraries, TimeProvider time, ILogger logger, SessionOpener? opener = null)
    {
        var start = time.GetTimestamp();
        var plan = TensorRtPlan.Of(request, driver, libraries);
        var session = new TensorRtSessions(plan.Store, libraries, time, logger, opener)
            .Open(plan.Graph, plan.Device, request.Model.Manifest.Precision, plan.Profile, request.Options.TensorRt);
        TensorRtEngine? engine = null;
        try
        {
            var logitType = GraphContract.Padded.Check(session, plan.Graph);
            engine = new TensorRtEngine(session, logitType, driver, plan, Describe(request, plan));
            var loaded = time.GetTimestamp();
            engine.WarmUp(request, time, logger);
            engine.Description = engine.Description with { StartupTime = time.GetElapsedTime(start), WarmUpTime = time.GetElapsedTime(loaded) };
            return engine;
        }
        catch
        {
            Close(session);
            engine?._thread.Dispose();
            throw;
        }
    }

    public IEngineLane CreateLane() => new PaddedLane(
        _session, _plan.Device.Ordinal, _plan.Profile, _logitType, e => GpuFaults.Of(e, _driver, _plan.Device), _thread);

    public void Dispose()
    {
        Close(_session);
        _thread.Dispose();
    }

    // To free is to wait for the device as well.
    private static void Close(InferenceSession session)
    {
        using var pass = CaptureGate.Work();
        session.Dispose();
    }

    private static EngineDescription Describe(EngineRequest request, TensorRtPlan plan)
    {
        var manifest = request.Model.Manifest;
        return new EngineDescription
        {
            ModelName = manifest.Name,
            ModelIdentity = manifest.Identity,
            Precision = manifest.Precision,
            ExecutionProvider = "TensorRT",
            Device = plan.Device.Name,
            RuntimeVersion = $"{OnnxRuntimeLibrary.Version}, TensorRT {plan.Store.Key.TensorRt}",
            FallbackReason = request.FallbackReason,
            MaxPairTokens = plan.MaxPairTokens,
            VocabularySize = manifest.Shape.Vocabulary,
            MaxBatchPairs = plan.Profile.MaxRows,

            // Padding counts, and a batch former does not know of the step: the corner is what it may fill.
            MaxBatchTokens = plan.Profile.MaxRows * plan.Profile.MaxLength,
            Lanes = 1,
        };
    }

    private void WarmUp(EngineRequest request, TimeProvider time, ILogger logger)
    {
        try
        {
            using var lane = CreateLane();
            var limits = Description.ToCostLimits();
            LargestBatch.RunPadded(lane, limits);
            ProbeCheck.Run(lane, request.Model.Manifest, _plan.Graph, Description.MaxPairTokens);
            Cost = CostModels.Create(Costs(request, lane, limits, time, logger), limits);
        }
        catch (EngineException e)
        {
            throw new EngineUnavailableException(EngineKind.TensorRt, GpuFaults.Reason(e, _plan.Device), e);
        }
    }

    private CostTable Costs(EngineRequest request, IEngineLane lane, CostLimits limits, TimeProvider time, ILogger logger)
    {
        var store = _plan.Store;
        var key = $"{store.Key.Hash}.{GridVersion}";
        if (CostTable.TryLoad(store.Costs, key) is { } known)
        {
            return known;
        }

        var shapes = CostGrid.Padded(limits, _plan.Profile.MinLength);
        var points = CostCalibration.MeasureInTurns(lane, Description.VocabularySize, shapes, Repetitions, request.Options.CalibrationTime, time);
        var table = new CostTable { Key = key, Form = CostForm.Padded, Points = points };
        if (request.Options.CalibrationTime > TimeSpan.Zero)
        {
            Keep(table, store.Costs);
        }

        LogCalibrated(logger, Description.ModelName, points.Count, points[^1].Rows, points[^1].Length, points[^1].Microseconds);
        return table;
    }

    // A cache that was filled ahead may be mounted read-only: the table is then measured at every start.
    private static void Keep(CostTable table, string path)
    {
        try
        {
            table.Save(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    [LoggerMessage(
        EventIds.EngineCalibrated,
        LogLevel.Debug,
        "Model {Model}: {Points} batch shapes measured, the last one {Rows} × {Length} tokens in {Microseconds:F0} µs")]
    private static partial void LogCalibrated(ILogger logger, string model, int points, int rows, int length, double microseconds);
}
