using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Engines.Cuda.Products;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Models;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// The packed graph on ONNX Runtime's CUDA provider: one session, no padding, one run at a time unless more are asked
/// for. Without another provider beside it the weights are on the device once: ONNX Runtime maps the weights file and copies
/// it there tensor by tensor, so that sessions of several GPUs read the same pages of it and none holds it in host memory.
/// </summary>
internal sealed partial class CudaEngine : IInferenceEngine
{
    private const int Repetitions = 5;

    private readonly InferenceSession _session;
    private readonly ProductRunner _products;
    private readonly ICudaDriver _driver;
    private readonly GpuDevice _device;
    private readonly DeviceThread? _thread;
    private CapturedRuns? _captured;

    private CudaEngine(
        InferenceSession session, ProductRunner products, ICudaDriver driver, GpuDevice device, EngineDescription description)
    {
        (_session, _products, _driver, _device) = (session, products, driver, device);
        _products.Attach(session, device.Ordinal);
        _thread = description.Lanes == 1 ? new DeviceThread($"cuda-{device.Ordinal}") : null;
        Description = description;
        Cost = null!;
    }

    public EngineDescription Description { get; private set; }

    public ICostModel Cost { get; private set; }

    /// <exception cref="EngineUnavailableException">The model has no packed graph, or the device cannot run it.</exception>
    /// <exception cref="ModelFolderException">The graph is no packed graph, or gives other logits than its manifest says.</exception>
    public static CudaEngine Load(EngineRequest request, ICudaDriver driver, TimeProvider time, ILogger logger)
    {
        var start = time.GetTimestamp();
        var device = GpuDevices.Of(request, EngineKind.Cuda, driver);
        var options = Settings(request.Options, request.Model.Manifest.Precision);
        var graph = request.Model.GraphPath(options.GraphForm)
            ?? throw new EngineUnavailableException(
                EngineKind.Cuda, $"model '{request.Model.Manifest.Name}' ({request.Model.Manifest.Precision}) has no graph of the form '{options.GraphForm}'");
        var engine = Open(request, graph, device, options, driver, logger);
        try
        {
            GraphContract.Packed.Check(engine._session, graph);
            var loaded = time.GetTimestamp();
            engine.WarmUp(request, graph, time, logger);
            engine.Description = engine.Description with { StartupTime = time.GetElapsedTime(start), WarmUpTime = time.GetElapsedTime(loaded) };
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    public IEngineLane CreateLane() => new PackedLane(
        _session, _device.Ordinal, Description.MaxBatchPairs, Description.MaxBatchTokens, Fault, _captured, _thread);

    public void Dispose()
    {
        // To free is to wait for the device as well.
        using (CaptureGate.Work())
        {
            _captured?.Dispose();
            _products.Detach();
            _session.Dispose();
            _products.Dispose();
        }

        _thread?.Dispose();
    }

    /// <summary>
    /// The options with which it runs. A session that captures takes one run at a time; and attention in FP32 reads the places of
    /// the tokens in the padded rectangle, which a captured run of another batch has not.
    /// </summary>
    internal static CudaOptions Settings(EngineOptions options, string precision)
        => options.InstancesPerGpu > 1 || precision != "fp16" ? options.Cuda with { GraphTokens = 0 } : options.Cuda;

    /// <summary>Options of the CUDA provider.</summary>
    internal static Dictionary<string, string> ProviderOptions(GpuDevice device, CudaOptions options)
    {
        var values = new Dictionary<string, string>
        {
            ["device_id"] = device.Ordinal.ToString(CultureInfo.InvariantCulture),

            // Doubling the arena would take memory that no batch ever uses.
            ["arena_extend_strategy"] = "kSameAsRequested",

            // FP32 here means FP32: the head of every model, and models of that precision.
            ["use_tf32"] = "0",
        };
        if (options.GraphTokens >= CapturedSizes.Least)
        {
            values[CudaGraphs.Enable] = "1";
        }

        if (options.MemoryLimitBytes > 0)
        {
            values["gpu_mem_limit"] = options.MemoryLimitBytes.ToString(CultureInfo.InvariantCulture);
        }

        return values;
    }

    private static CudaEngine Open(
        EngineRequest request, string graph, GpuDevice device, CudaOptions options, ICudaDriver driver, ILogger logger)
    {
        using var pass = CaptureGate.Work();
        ProductRunner? products = null;
        InferenceSession? session = null;
        try
        {
            var runner = products = new ProductRunner();
            session = GpuSession.Open(graph, o => Configure(o, runner, device, options), logger);
            return new CudaEngine(session, products, driver, device, Describe(request, device));
        }
        catch (Exception e) when (GpuFaults.IsOfTheRuntime(e))
        {
            products?.Detach();
            session?.Dispose();
            products?.Dispose();
            throw new EngineUnavailableException(EngineKind.Cuda, GpuFaults.Reason(e, device), e);
        }
    }

    private static void Configure(SessionOptions session, ProductRunner products, GpuDevice device, CudaOptions options)
    {
        // Weights outside of the arena: it then holds activations alone and reuses all of itself.
        session.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        products.AddTo(session);
        using var provider = new OrtCUDAProviderOptions();
        provider.UpdateOptions(ProviderOptions(device, options));
        session.AppendExecutionProvider_CUDA(provider);
    }

    private static EngineDescription Describe(EngineRequest request, GpuDevice device)
    {
        var manifest = request.Model.Manifest;
        var maxPairTokens = request.Options.PairLimit(manifest.MaxPairTokens);
        return new EngineDescription
        {
            ModelName = manifest.Name,
            ModelIdentity = manifest.Identity,
            Precision = manifest.Precision,
            ExecutionProvider = "CUDA",
            Device = device.Name,
            RuntimeVersion = OnnxRuntimeLibrary.Version,
            FallbackReason = request.FallbackReason,
            MaxPairTokens = maxPairTokens,
            VocabularySize = manifest.Shape.Vocabulary,
            MaxBatchPairs = request.Options.Cuda.MaxBatchPairs,
            MaxBatchTokens = Math.Max(request.Options.Cuda.MaxBatchTokens, maxPairTokens),

            // Each on a stream of its own that ONNX Runtime takes from a pool.
            Lanes = request.Options.InstancesPerGpu,
        };
    }

    private void WarmUp(EngineRequest request, string graph, TimeProvider time, ILogger logger)
    {
        try
        {
            RunLargest(logger);
            using (var plain = CreateLane())
            {
                Tune(plain);
                ProbeCheck.Run(plain, request.Model.Manifest, graph, Description.MaxPairTokens);
                _captured = CaptureSmall(Settings(request.Options, request.Model.Manifest.Precision), plain, logger);
            }

            using var lane = CreateLane();
            var limits = Description.ToCostLimits();
            var points = CostCalibration.Measure(
                lane, Description.VocabularySize, CostGrid.Packed(limits), Repetitions, request.Options.CalibrationTime, time);
            Cost = CostModels.Create(new CostTable { Key = "", Form = CostForm.Packed, Points = points }, limits);
            CostRehearsal.Run(lane, Cost, limits, Description.VocabularySize, time);
            LogCalibrated(logger, Description.ModelName, points.Count, points[^1].Rows, points[^1].Length, points[^1].Microseconds);
        }
        catch (EngineException e)
        {
            throw new EngineUnavailableException(EngineKind.Cuda, GpuFaults.Reason(e, _device), e);
        }
    }

    // One row is missing to each size: real batches have any number of tokens, and a kernel for round ones may be slow there.
    private void Tune(IEngineLane lane) => _products.Tune(() =>
    {
        foreach (var size in _products.IsUsed ? ProductSizes.Timed(Description.MaxBatchTokens) : [])
        {
            LargestBatch.Run(lane, LargestBatch.Ragged(Description.ToCostLimits() with { MaxBatchTokens = size - 1 }));
        }
    });

    // A captured run is only used when it gives what a plain one gives: null where it does not, or cannot be captured.
    private CapturedRuns? CaptureSmall(CudaOptions options, IEngineLane plain, ILogger logger)
    {
        // A batch between two sizes would be run as the larger one, which is neither checked nor has any place.
        var most = CapturedSizes.Within(Math.Min(options.GraphTokens, Description.MaxBatchTokens));
        if (most == 0 || _thread is null)
        {
            return null;
        }

        CapturedRuns? captured = null;
        try
        {
            captured = new CapturedRuns(_session, _driver, _device.Ordinal, most, Description.MaxPairTokens, _thread, Fault);
            if (CaptureCheck.Difference(captured, plain, most, Description) is var difference && difference <= CaptureCheck.Tolerance)
            {
                return captured;
            }

            LogNotCaptured(logger, Description.ModelName, string.Create(CultureInfo.InvariantCulture, $"logits differ by {difference:F4}"), null);
        }
        catch (EngineException e) when (e.Fault != EngineFault.DeviceLost)
        {
            LogNotCaptured(logger, Description.ModelName, e.Message, e);
        }

        captured?.Dispose();
        return null;
    }

    private EngineException Fault(OnnxRuntimeException e) => GpuFaults.Of(e, _driver, _device);

    // The largest batch comes first, so that a device that is too small is known before the engine is ready instead of
    // under load.
    private void RunLargest(ILogger logger)
    {
        while (true)
        {
            try
            {
                LargestBatch.RunPacked(CreateLane, Description.ToCostLimits());
                return;
            }
            catch (EngineException e) when (e.Fault == EngineFault.OutOfMemory && Description.MaxBatchTokens / 2 >= Description.MaxPairTokens)
            {
                Description = Description with { MaxBatchTokens = Description.MaxBatchTokens / 2 };
                LogHalved(logger, Description.ModelName, _device.Name, Description.MaxBatchTokens);
            }
        }
    }

    [LoggerMessage(
        EventIds.RunsNotCaptured,
        LogLevel.Warning,
        "Model {Model}: small batches are not run as CUDA graphs and take longer: {Reason}")]
    private static partial void LogNotCaptured(ILogger logger, string model, string reason, Exception? error);

    [LoggerMessage(
        EventIds.EngineCalibrated,
        LogLevel.Debug,
        "Model {Model}: {Points} batch shapes measured, the last one {Rows} × {Length} tokens in {Microseconds:F0} µs")]
    private static partial void LogCalibrated(ILogger logger, string model, int points, int rows, int length, double microseconds);

    [LoggerMessage(
        EventIds.BatchTokensHalved,
        LogLevel.Warning,
        "Model {Model}: {Device} has too little memory for the configured batch; batches have at most {Tokens} tokens")]
    private static partial void LogHalved(ILogger logger, string model, string device, int tokens);
}
