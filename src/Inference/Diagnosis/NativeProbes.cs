using System.Globalization;
using System.Reflection;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Diagnosis;

/// <summary>
/// Questions to native code about this machine. Any of them may end or hang the process that asks, where something is damaged: ask in
/// a process whose end does no harm.
/// </summary>
public static class NativeProbes
{
    /// <summary>Asks ONNX Runtime.</summary>
    public static RuntimeAnswer AskRuntime() => new(
        OrtEnv.Instance().GetVersionString(),
        ReadManagedVersion(),
        Path.GetDirectoryName(OnnxRuntimeLibrary.FilePath)!,
        OrtEnv.Instance().GetAvailableProviders());

    /// <summary>Asks NVIDIA's driver.</summary>
    public static DriverAnswer AskDriver()
    {
        var driver = CudaDriver.Instance;
        return new DriverAnswer(
            driver.Problem,
            driver.CudaVersion == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{driver.CudaVersion / 1000}.{driver.CudaVersion % 1000 / 10}"),
            driver.Problem is null ? [.. Enumerable.Range(0, driver.DeviceCount).Select(driver.DescribeDevice)] : []);
    }

    /// <summary>Looks for what engines load, as they do it before they start.</summary>
    public static MissingAnswer FindMissing()
    {
        var libraries = GpuLibraries.Default;
        var tensorRt = libraries.FindMissingForTensorRt();
        return new MissingAnswer(
            RemoveHint(libraries.FindMissingForCuda()),
            RemoveHint(tensorRt),
            tensorRt is null ? libraries.FindMissingForBuild(CudaDriver.Instance.DescribeDevice(0)) : null);
    }

    // Whoever asks here has asked for all of it.
    private static string? RemoveHint(string? missing) => missing?.Replace(EngineLibrary.DoctorHint, "", StringComparison.Ordinal);

    private static string ReadManagedVersion()
    {
        var assembly = typeof(OrtEnv).Assembly;
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString(3) ?? "";
        return version.Split('+')[0];
    }
}
