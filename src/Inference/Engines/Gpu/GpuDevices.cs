using System.Globalization;
using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>Which GPU an engine gets.</summary>
internal static class GpuDevices
{
    private const string Visible = "CUDA_VISIBLE_DEVICES";

    /// <summary>
    /// Refuses a list that names a GPU that is not there, whichever engine is to run: an automatic choice would fall back to
    /// another engine over a slip of the pen. Without a driver there is nothing to check against.
    /// </summary>
    /// <exception cref="EngineUnavailableException">A GPU is named that the driver does not show.</exception>
    public static void RequireListedDevices(EngineOptions options, ICudaDriver driver)
    {
        if (driver.Problem is null && options.Devices.FirstOrDefault(d => !Exists(d, driver), -1) is >= 0 and var unknown)
        {
            throw new EngineUnavailableException(options.Engine, DescribeUnknown(unknown, driver));
        }
    }

    /// <summary>Engines to load: as many as devices are named, else one a GPU; 0 without a working driver.</summary>
    public static int CountEngines(EngineOptions options, ICudaDriver? driver = null)
    {
        driver ??= CudaDriver.Instance;
        return driver.Problem is not null ? 0 : options.Devices.Count > 0 ? options.Devices.Count : driver.DeviceCount;
    }

    /// <summary>The GPU of the engine with that ordinal.</summary>
    /// <exception cref="EngineUnavailableException">There is none.</exception>
    public static GpuDevice FindDevice(EngineRequest request, EngineKind kind, ICudaDriver driver)
    {
        var named = request.Options.Devices;
        if (request.DeviceOrdinal < 0 || request.DeviceOrdinal >= CountEngines(request.Options, driver))
        {
            throw new EngineUnavailableException(
                kind, string.Create(CultureInfo.InvariantCulture, $"there is no GPU for engine {request.DeviceOrdinal}"));
        }

        var ordinal = named.Count > 0 ? named[request.DeviceOrdinal] : request.DeviceOrdinal;
        return Exists(ordinal, driver) ? driver.DescribeDevice(ordinal) : throw new EngineUnavailableException(kind, DescribeUnknown(ordinal, driver));
    }

    private static bool Exists(int ordinal, ICudaDriver driver) => ordinal >= 0 && ordinal < driver.DeviceCount;

    private static string DescribeUnknown(int ordinal, ICudaDriver driver)
    {
        var shown = Environment.GetEnvironmentVariable(Visible) is { Length: > 0 } visible ? $" ({Visible} is {visible})" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"GPU {ordinal} was asked for and the driver shows {driver.DeviceCount}, counted from 0{shown}");
    }
}
