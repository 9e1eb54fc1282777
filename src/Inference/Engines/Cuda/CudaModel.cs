using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Cuda.Products;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// The packed graph on ONNX Runtime's CUDA provider: one session, no padding, one run at a time unless more are asked
/// for. Without another provider beside it the weights are on the device once: ONNX Runtime maps the weights file and copies
/// it there tensor by tensor, so that sessions of several GPUs read the same pages of it and none holds it in host memory.
/// </summary>
internal sealed class CudaModel : IOpenModel
{
    private readonly InferenceSession _session;
    private readonly CudaOperators _operators;
    private readonly ICudaDriver _driver;
    private readonly DeviceThread? _thread;

    private CudaModel(InferenceSession session, CudaOperators operators, ICudaDriver driver, GpuDevice gpu, string graph, PositionRows rows, bool runsOneAtATime)
    {
        Rows = rows;
        (_session, _operators, _driver, Gpu, Graph) = (session, operators, driver, gpu, graph);
        _operators.AttachSession(session, driver, gpu);
        _thread = runsOneAtATime ? new DeviceThread($"cuda-{gpu.Ordinal}") : null;
    }

    public string ExecutionProvider => "CUDA";

    public string Device => Gpu.Name;

    public string RuntimeVersion => OnnxRuntimeLibrary.Version;

    public string? KernelVersion => _operators.Kernels.IsUsed ? Kernels.KernelVersion.Find(Gpu.ComputeCapability) : null;

    /// <summary>The device.</summary>
    public GpuDevice Gpu { get; }

    /// <summary>File of the graph.</summary>
    public string Graph { get; }

    /// <summary>Which rows of the position table its tokens read.</summary>
    public PositionRows Rows { get; }

    /// <summary>Its matrix products.</summary>
    public ProductRunner Products => _operators.Products;

    /// <summary>Whether its attention is our own, for which pairs that are missing cost nothing.</summary>
    public bool HasOwnAttention => _operators.Kernels.IsUsed;

    /// <summary>Makes a session of a graph on a device.</summary>
    /// <exception cref="EngineUnavailableException">The runtime, a library or the device refuses.</exception>
    public static CudaModel Open(
        string graph, PositionRows rows, GpuDevice gpu, CudaOptions options, bool runsOneAtATime, ICudaDriver driver, ILogger logger)
    {
        using var load = CaptureGate.EnterForLoad();
        using var pass = CaptureGate.EnterForWork();
        CudaOperators? operators = null;
        InferenceSession? session = null;
        try
        {
            var registered = operators = new CudaOperators();
            session = registered.OpenSession(() => GpuSession.OpenWithCpuFallback(graph, o => ConfigureSession(o, registered, gpu, options), logger));
            return new CudaModel(session, operators, driver, gpu, graph, rows, runsOneAtATime);
        }
        catch (Exception e)
        {
            operators?.ReleaseMemory();
            session?.Dispose();
            operators?.Dispose();
            if (GpuFaults.IsRuntimeFailure(e))
            {
                throw new EngineUnavailableException(EngineKind.Cuda, GpuFaults.DescribeReason(e, gpu), e);
            }

            throw;
        }
    }

    /// <summary>Checks that the graph is a packed one.</summary>
    /// <exception cref="ModelFolderException">It is not.</exception>
    public void CheckContract() => GraphContract.Packed.CheckSession(_session, Graph);

    public PackedLane CreateLane(CostLimits limits, CapturedRuns? captured = null)
        => new(_session, Gpu.Ordinal, limits.MaxBatchPairs, limits.MaxBatchTokens, TranslateFault, captured, _thread, rows: Rows);

    /// <summary>Room for captured runs of up to so many tokens; null where runs may overlap, which a session that captures cannot.</summary>
    /// <exception cref="EngineException">The device has no room for them.</exception>
    public CapturedRuns? CreateCapturedRuns(int maxTokens, CostLimits limits) => _thread is null
        ? null
        : new CapturedRuns(_session, _driver, Gpu.Ordinal, maxTokens, limits.MaxPairTokens, _thread, TranslateFault, Rows);

    public void Dispose()
    {
        // To free is to wait for the device as well.
        using (CaptureGate.EnterForWork())
        {
            _operators.ReleaseMemory();
            _session.Dispose();
            _operators.Dispose();
        }

        _thread?.Dispose();
    }

    private static void ConfigureSession(SessionOptions session, CudaOperators operators, GpuDevice gpu, CudaOptions options)
    {
        // Weights outside of the arena: it then holds activations alone and reuses all of itself.
        session.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        operators.RegisterOperators(session);
        using var provider = new OrtCUDAProviderOptions();
        provider.UpdateOptions(CudaProviderOptions.Create(gpu, options));
        session.AppendExecutionProvider_CUDA(provider);
    }

    private EngineException TranslateFault(OnnxRuntimeException e) => GpuFaults.TranslateFault(e, _driver, Gpu);
}
