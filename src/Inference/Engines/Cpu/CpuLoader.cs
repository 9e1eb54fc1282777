using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Engines.Cpu.Operators;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Graphs;
using Reranker.Inference.Logging;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>Loads the fused or the padded graph into ONNX Runtime's CPU provider.</summary>
internal sealed partial class CpuLoader(SharedSessions sessions, TimeProvider time, ILogger logger) : EngineLoader<CpuModel>(time, logger)
{
    // A batch is only a list of runs here; the caps bound how long a lane is away from its queue.
    private const int MaxBatchPairs = 256;
    private const int MaxBatchTokens = 16_384;
    private const int Repetitions = 3;
    private const int ShortestMeasured = 16;

    protected override CpuModel Open(EngineRequest request)
    {
        var graph = FindGraphPath(request.Model, CpuOperators.AreFast)
            ?? throw new EngineUnavailableException(EngineKind.Cpu, $"model '{request.Model.Manifest.Name}' has no padded graph");
        if (!CpuOperators.AreFast && request.Model.FindGraphPath(GraphForms.Fused) is not null)
        {
            LogPaddedForm(Logger, request.Model.Manifest.Name);
        }

        var session = sessions.Open(request.Model.Manifest.Identity, graph, () => CreateOptions(request.Model.Manifest, graph));
        try
        {
            return new CpuModel(session, GraphContract.Padded.CheckSession(session.Session, graph), graph);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    protected override WarmModel WarmUp(CpuModel model, EngineRequest request, StartClock clock)
    {
        var manifest = request.Model.Manifest;
        var limits = CreateLimits(request.Options, manifest);
        using var lane = model.CreateLane(limits);
        ProbeCheck.CheckProbes(lane, manifest, model.Graph, limits.MaxPairTokens);
        clock.EndPhase(StartPhase.Probes);
        var points = CostCalibration.MeasureCosts(
            lane, manifest.Shape.Vocabulary, ListShapes(limits.MaxPairTokens), Repetitions, request.Options.CalibrationTime, Time);
        var cost = CostModels.Create(CreateTable(request, CostForm.PairSum, points), limits);
        clock.EndPhase(StartPhase.Costs);
        return new WarmModel(limits, cost, () => model.CreateLane(limits));
    }

    protected override Exception ExplainFailure(CpuModel model, EngineException e)
        => new ModelFolderException(model.Graph, $"does not run ({e.Message})", e);

    /// <summary>The graph that a processor runs fastest; null where the model has none for processors.</summary>
    /// <param name="model">The model.</param>
    /// <param name="areFast">Whether the fused form's operators are fast here.</param>
    internal static string? FindGraphPath(ModelFolder model, bool areFast)
        => (areFast ? model.FindGraphPath(GraphForms.Fused) : null) ?? model.FindGraphPath(GraphContract.Padded.Form);

    /// <summary>Options of the session that runs a graph.</summary>
    internal static SessionOptions CreateOptions(ModelManifest manifest, string graph)
    {
        var options = OnnxSessions.CreateOptions();
        if (manifest.Precision == ModelPrecision.Int8.Name)
        {
            OnnxSessions.AskForExactProducts(options, graph);
        }

        return options;
    }

    [LoggerMessage(
        InferenceEventIds.PaddedFormRuns,
        LogLevel.Warning,
        "Model {Model} runs its padded graph, since this processor lacks AVX2 and FMA: its scores differ in the second digit from those of workers that run the fused one")]
    private static partial void LogPaddedForm(ILogger logger, string model);

    private static CostLimits CreateLimits(EngineOptions options, ModelManifest manifest) => new(
        options.FindPairLimit(manifest.MaxPairTokens),
        MaxBatchPairs,
        Math.Max(MaxBatchTokens, manifest.MaxPairTokens),
        options.CpuThreads == 0 ? Math.Max(1, Environment.ProcessorCount / Math.Max(1, options.Devices.Count)) : options.CpuThreads);

    // Powers of two, and the limit itself: the curve between them is smooth.
    private static IEnumerable<(int Rows, int Length)> ListShapes(int longest)
    {
        for (var length = ShortestMeasured; length < longest; length *= 2)
        {
            yield return (1, length);
        }

        yield return (1, longest);
    }
}
