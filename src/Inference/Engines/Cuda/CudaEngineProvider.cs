using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Gpu;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>Loads models with <see cref="CudaEngine"/> where an NVIDIA GPU and its libraries are there.</summary>
public sealed class CudaEngineProvider(TimeProvider time, ILogger<CudaEngineProvider> logger) : IEngineProvider
{
    /// <inheritdoc/>
    public EngineKind Kind => EngineKind.Cuda;

    /// <inheritdoc/>
    public IInferenceEngine Load(EngineRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Cuda.Checked();
        var libraries = GpuLibraries.Default;
        if (libraries.MissingForCuda() is { } missing)
        {
            throw new EngineUnavailableException(Kind, missing) { IsForWantOfDevice = libraries.HasNoGpu };
        }

        return CudaEngine.Load(request, CudaDriver.Instance, time, logger);
    }
}
