using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>The padded graph on ONNX Runtime's CUDA provider: one session, one thread, and one run at a time.</summary>
internal sealed class PaddedCudaModel : IOpenModel
{
    private readonly InferenceSession _session;
    private readonly TensorElementType _logitType;
    private readonly ICudaDriver _driver;
    private readonly DeviceThread _thread;

    private PaddedCudaModel(InferenceSession session, TensorElementType logitType, ICudaDriver driver, GpuDevice gpu, string graph)
    {
        (_session, _logitType, _driver, Gpu, Graph) = (session, logitType, driver, gpu, graph);
        _thread = new DeviceThread($"cuda-{gpu.Ordinal}");
    }

    public string ExecutionProvider => "CUDA";

    public string Device => Gpu.Name;

    public string RuntimeVersion => OnnxRuntimeLibrary.Version;

    /// <summary>The device.</summary>
    public GpuDevice Gpu { get; }

    /// <summary>File of the graph.</summary>
    public string Graph { get; }

    /// <summary>Makes a session of a graph on a device.</summary>
    /// <param name="graph">The graph file.</param>
    /// <param name="gpu">The device.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="driver">Its driver.</param>
    /// <param name="logger">Told when a part of the graph runs on the CPU.</param>
    /// <param name="opener">Makes the session; null for one of the CUDA provider.</param>
    /// <exception cref="EngineUnavailableException">The runtime, a library or the device refuses.</exception>
    /// <exception cref="Models.ModelFolderException">It is no padded graph.</exception>
    public static PaddedCudaModel Open(
        string graph, GpuDevice gpu, CudaOptions options, ICudaDriver driver, ILogger logger, Func<string, InferenceSession>? opener)
    {
        using var load = CaptureGate.EnterForLoad();
        using var pass = CaptureGate.EnterForWork();
        InferenceSession? session = null;
        try
        {
            session = opener?.Invoke(graph) ?? GpuSession.OpenWithCpuFallback(graph, o => ConfigureSession(o, gpu, options), logger);
            return new PaddedCudaModel(session, GraphContract.Padded.CheckSession(session, graph), driver, gpu, graph);
        }
        catch (Exception e)
        {
            session?.Dispose();
            if (GpuFaults.IsRuntimeFailure(e))
            {
                throw new EngineUnavailableException(EngineKind.Cuda, GpuFaults.DescribeReason(e, gpu), e);
            }

            throw;
        }
    }

    public PaddedLane CreateLane(ShapeProfile profile)
        => new(_session, Gpu.Ordinal, profile, _logitType, e => GpuFaults.TranslateFault(e, _driver, Gpu), _thread);

    public void Dispose()
    {
        // To free is to wait for the device as well.
        using (CaptureGate.EnterForWork())
        {
            _session.Dispose();
        }

        _thread.Dispose();
    }

    private static void ConfigureSession(SessionOptions session, GpuDevice gpu, CudaOptions options)
    {
        session.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        using var provider = new OrtCUDAProviderOptions();

        // Shapes differ from batch to batch, so nothing is captured.
        provider.UpdateOptions(CudaProviderOptions.Create(gpu, options with { GraphTokens = 0 }));
        session.AppendExecutionProvider_CUDA(provider);
    }
}
