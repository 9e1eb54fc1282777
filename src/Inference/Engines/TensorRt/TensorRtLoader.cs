using Microsoft.Extensions.Logging;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Loading;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>Loads the engine of a plan, which is built first where there is none. Its costs are kept beside it.</summary>
internal sealed class TensorRtLoader(
    ICudaDriver driver, GpuLibraries libraries, TimeProvider time, ILogger logger, SessionOpener? opener = null)
    : EngineLoader<TensorRtModel>(time, logger)
{
    private const int Repetitions = 2;

    // Of the measured shapes; a table that an earlier grid made is measured anew.
    private const string GridVersion = "2";

    protected override TensorRtModel Open(EngineRequest request)
    {
        var plan = TensorRtPlan.CreatePlan(request, driver, libraries);
        var session = new TensorRtSessions(plan.Store, libraries, Time, Logger, opener)
            .Open(plan.Graph, plan.Device, request.Model.Manifest.Precision, plan.Profile, request.Options.TensorRt);
        return TensorRtModel.TakeOver(session, driver, plan);
    }

    protected override WarmModel WarmUp(TensorRtModel model, EngineRequest request, StartClock clock)
    {
        var limits = CreateLimits(model.Plan);
        using var lane = model.CreateLane();
        LargestBatch.RunPadded(lane, limits);
        clock.EndPhase(StartPhase.LargestBatch);
        ProbeCheck.CheckProbes(lane, request.Model.Manifest, model.Plan.Graph, limits.MaxPairTokens);
        clock.EndPhase(StartPhase.Probes);
        var cost = CostModels.Create(LoadOrMeasureCosts(model.Plan, lane, limits, request), limits);
        clock.EndPhase(StartPhase.Costs);
        return new WarmModel(limits, cost, model.CreateLane);
    }

    protected override Exception ExplainFailure(TensorRtModel model, EngineException e)
        => new EngineUnavailableException(EngineKind.TensorRt, GpuFaults.DescribeReason(e, model.Plan.Device), e);

    // Padding counts, and a batch former does not know of the step: the corner is what it may fill.
    private static CostLimits CreateLimits(TensorRtPlan plan)
        => new(plan.MaxPairTokens, plan.Profile.MaxRows, plan.Profile.MaxRows * plan.Profile.MaxLength, Lanes: 1);

    private CostTable LoadOrMeasureCosts(TensorRtPlan plan, PaddedLane lane, CostLimits limits, EngineRequest request)
    {
        var (manifest, budget) = (request.Model.Manifest, request.Options.CalibrationTime);
        return new KeptCosts(new MeasurementFolder(plan.Store.Folder, manifest.Name, Logger), $"{plan.Store.Key.Hash}.{GridVersion}", manifest.Name, Logger).LoadOrMeasure(
            [.. CostGrid.ListPaddedShapes(limits, plan.Profile.MinLength)],
            CostForm.Padded,
            budget,
            shapes => CostCalibration.MeasureInTurns(lane, manifest.Shape.Vocabulary, shapes, Repetitions, budget, Time),
            (points, key) => CreateTable(request, CostForm.Padded, points, key));
    }
}
