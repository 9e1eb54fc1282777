using System.Globalization;
using Microsoft.Extensions.Logging;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Engines.Cuda.Kernels;
using Reranker.Inference.Engines.Cuda.Products;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Graphs;
using Reranker.Inference.Logging;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// Loads the packed graph into ONNX Runtime's CUDA provider. The largest batch is found first; then kernels are chosen, the
/// probes run, small batches captured and compared with plain runs, and at last costs are measured as runs will be. Kernels and
/// costs that an earlier start left are tried instead; what is safety is done at every start.
/// </summary>
internal sealed partial class CudaLoader(ICudaDriver driver, TimeProvider time, ILogger logger) : EngineLoader<CudaModel>(time, logger)
{
    private const int Repetitions = 5;

    protected override CudaModel Open(EngineRequest request)
    {
        var gpu = GpuDevices.FindDevice(request, EngineKind.Cuda, driver);
        var manifest = request.Model.Manifest;
        CheckPrecision(manifest, gpu);
        var options = CudaProviderOptions.ResolveOptions(request.Options, manifest.Precision);
        var graph = FindGraphPath(request.Model, options.GraphForm, gpu)
            ?? throw new EngineUnavailableException(
                EngineKind.Cuda, $"model '{manifest.Name}' ({manifest.Precision}) has no graph of the form '{options.GraphForm}'");
        var model = CudaModel.Open(
            graph, PositionRows.FromShape(manifest.Shape), gpu, options, runsOneAtATime: request.Options.InstancesPerGpu == 1, driver, Logger);
        try
        {
            model.CheckContract();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    protected override WarmModel WarmUp(CudaModel model, EngineRequest request, StartClock clock)
    {
        var manifest = request.Model.Manifest;
        var limits = FindFittingLimits(model, CreateLimits(request), manifest.Name);
        clock.EndPhase(StartPhase.LargestBatch);
        var kept = OpenMeasurements(model, limits, request);
        CapturedRuns? captured;
        using (var plain = model.CreateLane(limits))
        {
            ChooseKernels(model, plain, limits, kept);
            clock.EndPhase(StartPhase.Products);
            ProbeCheck.CheckProbes(plain, manifest, model.Graph, limits.MaxPairTokens);
            clock.EndPhase(StartPhase.Probes);
            captured = TryCaptureSmallBatches(model, plain, limits, request);
            clock.EndPhase(StartPhase.Capture);
        }

        try
        {
            using var lane = model.CreateLane(limits, captured);
            return new WarmModel(limits, FindCosts(lane, limits, request, kept, clock), () => model.CreateLane(limits, captured), captured);
        }
        catch
        {
            captured?.Dispose();
            throw;
        }
    }

    protected override Exception ExplainFailure(CudaModel model, EngineException e)
        => new EngineUnavailableException(EngineKind.Cuda, GpuFaults.DescribeReason(e, model.Gpu), e);

    // Older cards have no kernels for the attention of the usual form; a model that has it has the other one too.
    private static string? FindGraphPath(ModelFolder model, string form, GpuDevice gpu)
        => form == GraphForms.Packed && gpu.ComputeCapability < KernelImage.MinCapability && model.FindGraphPath(GraphForms.PackedSeparate) is { } separate
            ? separate
            : model.FindGraphPath(form);

    private static void CheckPrecision(ModelManifest manifest, GpuDevice gpu)
    {
        if (manifest.Precision == ModelPrecision.Fp8.Name && gpu.ComputeCapability < KernelImage.MinFp8Capability)
        {
            throw new EngineUnavailableException(
                EngineKind.Cuda,
                $"model '{manifest.Name}' is in FP8, in which GPUs compute from compute capability 8.9 on, and {gpu.Name} has {gpu.ComputeCapability / 10}.{gpu.ComputeCapability % 10}; import it with --precision {ModelPrecision.Fp16} for this card, or {ModelPrecision.Int8Qdq} for TensorRT");
        }
    }

    private static CostLimits CreateLimits(EngineRequest request)
    {
        var options = request.Options;
        var maxPairTokens = options.FindPairLimit(request.Model.Manifest.MaxPairTokens);

        // Lanes: each on a stream of its own that ONNX Runtime takes from a pool.
        return new CostLimits(
            maxPairTokens, options.Cuda.MaxBatchPairs, Math.Max(options.Cuda.MaxBatchTokens, maxPairTokens), Lanes: options.InstancesPerGpu);
    }

    // The largest batch comes first, so that a device that is too small is known before the engine is ready instead of
    // under load. The first runs load kernels, which takes seconds.
    private CostLimits FindFittingLimits(CudaModel model, CostLimits limits, string name)
    {
        using var load = CaptureGate.EnterForLoad();
        while (true)
        {
            try
            {
                var tried = limits;
                LargestBatch.RunPacked(() => model.CreateLane(tried), tried);
                return limits;
            }
            catch (EngineException e) when (e.Fault == EngineFault.OutOfMemory && limits.MaxBatchTokens / 2 >= limits.MaxPairTokens)
            {
                limits = limits with { MaxBatchTokens = limits.MaxBatchTokens / 2 };
                LogHalved(Logger, name, limits.MaxBatchTokens, model.Device);
            }
        }
    }

    private CudaMeasurements OpenMeasurements(CudaModel model, CostLimits limits, EngineRequest request)
    {
        var manifest = request.Model.Manifest;
        var options = CudaProviderOptions.ResolveOptions(request.Options, manifest.Precision);
        var key = MeasurementKey.CreateKey(request, options, model.Graph, model.Gpu, limits, driver.CudaVersion, model.Products.LibraryVersion);
        return new CudaMeasurements(options.FindMeasurementCache(), key, manifest.Name, Time, Logger);
    }

    private static void ChooseKernels(CudaModel model, PackedLane lane, CostLimits limits, CudaMeasurements kept)
    {
        if (!model.Products.IsUsed || !ProductSizes.ListTimed(limits.MaxBatchTokens).Any())
        {
            return;
        }

        if (!kept.TryReuseKernels(k => model.Products.TryReuse(k, () => LargestBatch.RunLengths(lane, LargestBatch.CreateRaggedLengths(limits)))))
        {
            TuneProducts(model, lane, limits);
            kept.TrySaveKernels(model.Products.ListChosen());
        }
    }

    // One row is missing to each size: real batches have any number of tokens, and a kernel for round ones may be slow there.
    private static void TuneProducts(CudaModel model, PackedLane lane, CostLimits limits) => model.Products.TuneDuring(() =>
    {
        foreach (var size in ProductSizes.ListTimed(limits.MaxBatchTokens))
        {
            LargestBatch.RunLengths(lane, LargestBatch.CreateRaggedLengths(limits with { MaxBatchTokens = size - 1 }));
        }
    });

    // A captured run is only used when it gives what a plain one gives: null where it does not, or cannot be captured.
    private CapturedRuns? TryCaptureSmallBatches(CudaModel model, PackedLane plain, CostLimits limits, EngineRequest request)
    {
        // A batch between two sizes would be run as the larger one, which is neither checked nor has any place.
        var manifest = request.Model.Manifest;
        var options = CudaProviderOptions.ResolveOptions(request.Options, manifest.Precision);
        var graphTokens = model.HasOwnAttention ? options.GraphTokens : Math.Min(options.GraphTokens, CudaOptions.MaxGraphTokensOfOtherAttention);
        var maxTokens = CapturedSizes.RoundDown(Math.Min(graphTokens, limits.MaxBatchTokens));
        if (maxTokens == 0)
        {
            return null;
        }

        CapturedRuns? captured = null;
        try
        {
            captured = model.CreateCapturedRuns(maxTokens, limits);
            if (captured is null)
            {
                return null;
            }

            var difference = CaptureCheck.FindDifference(captured, plain, maxTokens, limits, manifest.Shape.Vocabulary);

            // Other numbers of rows may mean other kernels, so as much as between two engines of the precision.
            if (difference <= ModelPrecision.Parse(manifest.Precision).LogitTolerance)
            {
                return captured;
            }

            LogNotCaptured(Logger, manifest.Name, string.Create(CultureInfo.InvariantCulture, $"logits differ by {difference:F4}"), null);
        }
        catch (EngineException e) when (e.Fault != EngineFault.DeviceLost)
        {
            LogNotCaptured(Logger, manifest.Name, e.Message, e);
        }
        catch
        {
            captured?.Dispose();
            throw;
        }

        captured?.Dispose();
        return null;
    }

    private ICostModel FindCosts(PackedLane lane, CostLimits limits, EngineRequest request, CudaMeasurements kept, StartClock clock)
    {
        var (vocabulary, budget) = (request.Model.Manifest.Shape.Vocabulary, request.Options.CalibrationTime);
        var grid = CostGrid.ListPackedShapes(limits).ToArray();
        var table = kept.Costs.LoadOrMeasure(
            grid,
            CostForm.Packed,
            budget,
            shapes => CostCalibration.MeasureCosts(lane, vocabulary, shapes, Repetitions, budget, Time),
            (points, key) => CreateTable(request, CostForm.Packed, points, key));
        var cost = CostModels.Create(table, limits);
        if (kept.Costs.WasOutdated)
        {
            kept.ForgetKernels();
        }

        clock.EndPhase(StartPhase.Costs);
        CostRehearsal.RunAndObserveBatches(lane, cost, limits, vocabulary, Time);
        clock.EndPhase(StartPhase.Rehearsal);
        return cost;
    }

    [LoggerMessage(
        InferenceEventIds.RunsNotCaptured,
        LogLevel.Warning,
        "Model {Model} runs small batches without CUDA graphs, which takes longer: {Reason}")]
    private static partial void LogNotCaptured(ILogger logger, string model, string reason, Exception? error);

    [LoggerMessage(
        InferenceEventIds.BatchTokensHalved,
        LogLevel.Warning,
        "Model {Model} has batches of at most {Tokens} tokens, because {Device} has too little memory for the configured ones")]
    private static partial void LogHalved(ILogger logger, string model, int tokens, string device);
}
