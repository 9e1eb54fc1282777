using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// Loads a model that has the padded form alone into ONNX Runtime's CUDA provider: batches of like lengths, rows padded to the longest.
/// </summary>
/// <param name="driver">The driver.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what is not as it was asked for.</param>
/// <param name="opener">Makes the session; null for one of the CUDA provider.</param>
internal sealed class PaddedCudaLoader(ICudaDriver driver, TimeProvider time, ILogger logger, Func<string, InferenceSession>? opener = null)
    : EngineLoader<PaddedCudaModel>(time, logger)
{
    private const int Repetitions = 3;

    protected override PaddedCudaModel Open(EngineRequest request)
    {
        var gpu = GpuDevices.FindDevice(request, EngineKind.Cuda, driver);
        var graph = request.Model.FindGraphPath(GraphForms.Padded)
            ?? throw new EngineUnavailableException(EngineKind.Cuda, $"model '{request.Model.Manifest.Name}' has no padded graph");
        return PaddedCudaModel.Open(graph, gpu, request.Options.Cuda, driver, Logger, opener);
    }

    protected override WarmModel WarmUp(PaddedCudaModel model, EngineRequest request, StartClock clock)
    {
        var manifest = request.Model.Manifest;
        var limits = FindFittingLimits(model, CreateLimits(request));
        clock.EndPhase(StartPhase.LargestBatch);
        var profile = CreateProfile(limits);
        using var lane = model.CreateLane(profile);
        ProbeCheck.CheckProbes(lane, manifest, model.Graph, limits.MaxPairTokens);
        clock.EndPhase(StartPhase.Probes);
        var cost = CostModels.Create(FindCosts(model, lane, profile, limits, request), limits);
        clock.EndPhase(StartPhase.Costs);
        return new WarmModel(limits, cost, () => model.CreateLane(profile));
    }

    protected override Exception ExplainFailure(PaddedCudaModel model, EngineException e)
        => new EngineUnavailableException(EngineKind.Cuda, GpuFaults.DescribeReason(e, model.Gpu), e);

    private static CostLimits CreateLimits(EngineRequest request)
    {
        var options = request.Options;
        var longest = options.FindPairLimit(request.Model.Manifest.MaxPairTokens);
        return new CostLimits(longest, options.Cuda.MaxBatchPairs, Math.Max(options.Cuda.MaxBatchTokens, ShapeProfile.PadLength(longest)), Lanes: 1);
    }

    private CostTable FindCosts(PaddedCudaModel model, PaddedLane lane, ShapeProfile profile, CostLimits limits, EngineRequest request)
    {
        var (manifest, budget, options) = (request.Model.Manifest, request.Options.CalibrationTime, request.Options.Cuda with { GraphTokens = 0 });
        var key = MeasurementKey.CreateKey(request, options, model.Graph, model.Gpu, limits, driver.CudaVersion, cublasLt: 0);
        return new CudaMeasurements(options.FindMeasurementCache(), key, manifest.Name, Time, Logger).Costs.LoadOrMeasure(
            [.. CostGrid.ListPaddedShapes(limits, profile.MinLength)],
            CostForm.Padded,
            budget,
            shapes => CostCalibration.MeasureInTurns(lane, manifest.Shape.Vocabulary, shapes, Repetitions, budget, Time),
            (points, k) => CreateTable(request, CostForm.Padded, points, k));
    }

    // A batch former keeps to the tokens of a batch; the profile only says how long and how wide a run may be.
    private static ShapeProfile CreateProfile(CostLimits limits) => new()
    {
        OptRows = 1,
        OptLength = ShapeProfile.LengthStep,
        MaxRows = limits.MaxBatchPairs,
        MaxLength = ShapeProfile.PadLength(limits.MaxPairTokens),
    };

    // The largest batch comes first, so that a device that is too small is known before the engine is ready.
    private static CostLimits FindFittingLimits(PaddedCudaModel model, CostLimits limits)
    {
        using var load = CaptureGate.EnterForLoad();
        while (true)
        {
            try
            {
                using var lane = model.CreateLane(CreateProfile(limits));
                LargestBatch.RunPadded(lane, limits);
                return limits;
            }
            catch (EngineException e) when (e.Fault == EngineFault.OutOfMemory && limits.MaxBatchTokens / 2 >= ShapeProfile.PadLength(limits.MaxPairTokens))
            {
                limits = limits with { MaxBatchTokens = limits.MaxBatchTokens / 2 };
            }
        }
    }
}
