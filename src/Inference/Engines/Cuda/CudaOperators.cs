using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Cuda.Kernels;
using Reranker.Inference.Engines.Cuda.Products;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>The operators that the CUDA engine brings to one session, with what works them out. Dispose it behind the session.</summary>
internal sealed class CudaOperators : IDisposable
{
    private readonly OperatorDomain _domain;

    public CudaOperators() => _domain = new OperatorDomain(GraphOperators.Domain, [.. Products.CreateOperators(), .. Kernels.CreateOperators()]);

    /// <summary>Matrix products.</summary>
    public ProductRunner Products { get; } = new();

    /// <summary>Kernels of the engine's own.</summary>
    public KernelRunner Kernels { get; } = new();

    /// <summary>Makes the operators known to a session.</summary>
    public void RegisterOperators(SessionOptions options) => _domain.RegisterOperators(options);

    /// <summary>Opens a session that was told of the operators.</summary>
    public InferenceSession OpenSession(Func<InferenceSession> open) => _domain.OpenSession(open);

    /// <summary>Takes memory from that session from now on.</summary>
    /// <exception cref="EngineUnavailableException">The graph needs kernels that the card cannot run.</exception>
    public void AttachSession(InferenceSession session, ICudaDriver driver, GpuDevice gpu)
    {
        if (Kernels.IsUsed && gpu.ComputeCapability < KernelImage.MinCapability)
        {
            throw new EngineUnavailableException(
                EngineKind.Cuda,
                $"the graph has attention kernels for compute capability {KernelImage.MinCapability / 10}.0 and later, and {gpu.Name} has {gpu.ComputeCapability / 10}.{gpu.ComputeCapability % 10}");
        }

        Products.AttachSession(session, driver, gpu.Ordinal);
        Kernels.AttachSession(session, gpu.Ordinal);
    }

    /// <summary>Gives the memory back, while its session still lives.</summary>
    public void ReleaseMemory()
    {
        Products.ReleaseWorkspaces();
        Kernels.Dispose();
    }

    public void Dispose()
    {
        Products.Dispose();
        _domain.Dispose();
    }
}
