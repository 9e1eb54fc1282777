using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Models;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>
/// The padded graph on ONNX Runtime's CPU provider: one session, one single-threaded run a lane, one pair a run. Engines of
/// one process share that session, and ONNX Runtime maps the weights file into it instead of reading it. On a CPU a
/// batch gains nothing over that, and without one there is no padding and no neighbour that could change a score, which
/// also holds for graphs that take their activation ranges over the whole run.
/// </summary>
internal sealed partial class CpuEngine : IInferenceEngine
{
    // A batch is only a list of runs here; the caps bound how long a lane is away from its queue.
    private const int MaxBatchPairs = 256;
    private const int MaxBatchTokens = 16_384;
    private const int Repetitions = 3;

    private readonly SharedSessions.Share _session;
    private readonly TensorElementType _logitType;

    private CpuEngine(SharedSessions.Share session, TensorElementType logitType, EngineDescription description)
    {
        _session = session;
        _logitType = logitType;
        Description = description;
        Cost = null!;
    }

    public EngineDescription Description { get; private set; }

    public ICostModel Cost { get; private set; }

    /// <exception cref="EngineUnavailableException">The model has no padded graph.</exception>
    /// <exception cref="ModelFolderException">The graph cannot be loaded, or gives other logits than its manifest says.</exception>
    public static CpuEngine Load(EngineRequest request, SharedSessions sessions, TimeProvider time, ILogger logger)
    {
        var start = time.GetTimestamp();
        var manifest = request.Model.Manifest;
        var graph = request.Model.GraphPath(GraphContract.Padded.Form)
            ?? throw new EngineUnavailableException(EngineKind.Cpu, $"model '{manifest.Name}' has no padded graph");
        var session = sessions.Open(graph, SessionOptions);
        try
        {
            var engine = new CpuEngine(session, GraphContract.Padded.Check(session.Session, graph), Describe(request));
            var loaded = time.GetTimestamp();
            engine.WarmUp(request, graph, time, logger);
            engine.Description = engine.Description with { StartupTime = time.GetElapsedTime(start), WarmUpTime = time.GetElapsedTime(loaded) };
            return engine;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public IEngineLane CreateLane() => new CpuLane(_session.Session, _logitType, Description.MaxPairTokens);

    public void Dispose() => _session.Dispose();

    private static SessionOptions SessionOptions()
    {
        var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,

            // A pattern is kept for every shape ever seen, and here every length is a shape.
            EnableMemoryPattern = false,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    private static EngineDescription Describe(EngineRequest request)
    {
        var manifest = request.Model.Manifest;
        return new EngineDescription
        {
            ModelName = manifest.Name,
            ModelIdentity = manifest.Identity,
            Precision = manifest.Precision,
            ExecutionProvider = "CPU",
            Device = CpuDevice.Name,
            RuntimeVersion = OnnxRuntimeLibrary.Version,
            FallbackReason = request.FallbackReason,
            MaxPairTokens = request.Options.PairLimit(manifest.MaxPairTokens),
            VocabularySize = manifest.Shape.Vocabulary,
            MaxBatchPairs = MaxBatchPairs,
            MaxBatchTokens = Math.Max(MaxBatchTokens, manifest.MaxPairTokens),
            Lanes = request.Options.CpuThreads == 0
                ? Math.Max(1, Environment.ProcessorCount / Math.Max(1, request.Options.Devices.Count))
                : request.Options.CpuThreads,
        };
    }

    private void WarmUp(EngineRequest request, string graph, TimeProvider time, ILogger logger)
    {
        using var lane = CreateLane();
        try
        {
            ProbeCheck.Run(lane, request.Model.Manifest, graph, Description.MaxPairTokens);
            var points = CostCalibration.Measure(lane, Description.VocabularySize, Lengths(), Repetitions, request.Options.CalibrationTime, time);
            var table = new CostTable { Key = "", Form = CostForm.PairSum, Points = points };
            Cost = CostModels.Create(table, Description.ToCostLimits());
            LogCalibrated(logger, Description.ModelName, points.Count, points[^1].Length, points[^1].Microseconds);
        }
        catch (EngineException e)
        {
            throw new ModelFolderException(graph, $"does not run ({e.Message})", e);
        }
    }

    // Powers of two, and the limit itself: the curve between them is smooth.
    private IEnumerable<(int Rows, int Length)> Lengths()
    {
        for (var length = 16; length < Description.MaxPairTokens; length *= 2)
        {
            yield return (1, length);
        }

        yield return (1, Description.MaxPairTokens);
    }

    [LoggerMessage(
        EventIds.EngineCalibrated,
        LogLevel.Debug,
        "Model {Model}: {Points} lengths measured on one lane, the last one {Length} tokens in {Microseconds:F0} µs")]
    private static partial void LogCalibrated(ILogger logger, string model, int points, int length, double microseconds);
}
