using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>Loads models with <see cref="TensorRtEngine"/> where an NVIDIA GPU, TensorRT and its libraries are there.</summary>
public sealed class TensorRtEngineProvider(TimeProvider time, ILogger<TensorRtEngineProvider> logger) : IEngineProvider
{
    /// <inheritdoc/>
    public EngineKind Kind => EngineKind.TensorRt;

    /// <inheritdoc/>
    public IInferenceEngine Load(EngineRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return TensorRtEngine.Load(request, CudaDriver.Instance, GpuLibraries.Default, time, logger);
    }
}
