using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>Loads models with <see cref="TensorRtLoader"/> where an NVIDIA GPU, TensorRT and its libraries are there.</summary>
public sealed class TensorRtEngineProvider(TimeProvider time, ILogger<TensorRtEngineProvider> logger) : IEngineProvider
{
    /// <inheritdoc/>
    public EngineKind Kind => EngineKind.TensorRt;

    /// <inheritdoc/>
    public IInferenceEngine Load(EngineRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new TensorRtLoader(CudaDriver.Instance, GpuLibraries.Default, time, logger).Load(request);
    }
}
