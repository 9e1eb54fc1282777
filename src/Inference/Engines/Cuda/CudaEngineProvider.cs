using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>Loads models with <see cref="CudaLoader"/>, those without a packed graph with <see cref="PaddedCudaLoader"/>, where an NVIDIA GPU and its libraries are there.</summary>
public sealed class CudaEngineProvider : IEngineProvider
{
    private readonly TimeProvider _time;
    private readonly ILogger<CudaEngineProvider> _logger;
    private readonly ICudaDriver _driver;
    private readonly GpuLibraries _libraries;

    /// <summary>Loads with the driver and the libraries of this machine.</summary>
    public CudaEngineProvider(TimeProvider time, ILogger<CudaEngineProvider> logger)
        : this(time, logger, CudaDriver.Instance, GpuLibraries.Default)
    {
    }

    internal CudaEngineProvider(TimeProvider time, ILogger<CudaEngineProvider> logger, ICudaDriver driver, GpuLibraries libraries)
        => (_time, _logger, _driver, _libraries) = (time, logger, driver, libraries);

    /// <inheritdoc/>
    public EngineKind Kind => EngineKind.Cuda;

    /// <inheritdoc/>
    public IInferenceEngine Load(EngineRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Cuda.Checked();
        if (_libraries.FindMissingForCuda() is { } missing)
        {
            throw new EngineUnavailableException(Kind, missing) { IsForWantOfDevice = _libraries.HasNoGpu };
        }

        return PaddedCudaModels.Holds(request.Model.Manifest)
            ? new PaddedCudaLoader(_driver, _time, _logger).Load(request)
            : new CudaLoader(_driver, _time, _logger).Load(request);
    }
}
