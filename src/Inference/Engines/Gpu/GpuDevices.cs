using System.Globalization;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>Which GPU an engine gets.</summary>
internal static class GpuDevices
{
    /// <summary>Engines to load: as many as devices are named, else one a GPU; 0 without a working driver.</summary>
    public static int Count(EngineOptions options, ICudaDriver? driver = null)
    {
        driver ??= CudaDriver.Instance;
        return driver.Problem is not null ? 0 : options.Devices.Count > 0 ? options.Devices.Count : driver.DeviceCount;
    }

    /// <summary>The GPU of the engine with that ordinal.</summary>
    /// <exception cref="EngineUnavailableException">There is none.</exception>
    public static GpuDevice Of(EngineRequest request, EngineKind kind, ICudaDriver driver)
    {
        var named = request.Options.Devices;
        if (request.DeviceOrdinal < 0 || request.DeviceOrdinal >= Count(request.Options, driver))
        {
            throw new EngineUnavailableException(
                kind, string.Create(CultureInfo.InvariantCulture, $"there is no GPU for engine {request.DeviceOrdinal}"));
        }

        var ordinal = named.Count > 0 ? named[request.DeviceOrdinal] : request.DeviceOrdinal;
        return ordinal >= 0 && ordinal < driver.DeviceCount
            ? driver.Device(ordinal)
            : throw new EngineUnavailableException(
                kind, string.Create(CultureInfo.InvariantCulture, $"GPU {ordinal} was asked for and the driver shows {driver.DeviceCount}"));
    }
}
