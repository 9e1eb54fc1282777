using System.Globalization;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;

namespace Reranker.Inference.Engines.Gpu.Libraries;

/// <summary>
/// Looks for everything that the GPU providers of ONNX Runtime 1.31 load, before they load it: some of it is missed there
/// with a crash instead of an error. The answer is one clause that names the first missing thing.
/// </summary>
internal sealed class GpuLibraries(ICudaDriver driver, INativeLibraries libraries)
{
    private const int MinCudaVersion = 13_000;

    // Versions before and after the one that is needed which are looked for when that is missing.
    private const int OtherVersions = 3;

    /// <summary>Those of this process.</summary>
    public static GpuLibraries Default => new(CudaDriver.Instance, NativeLibraries.Instance);

    /// <summary>Whether this machine shows no GPU at all.</summary>
    public bool HasNoGpu => driver.Problem is not null;

    /// <summary>Why the CUDA engine cannot work here; null when nothing is missing.</summary>
    public string? FindMissingForCuda()
        => driver.Problem
        ?? FindDriverProblem()
        ?? FindMissingProvider(ExecutionProviders.Cuda, "CUDA", "libonnxruntime_providers_cuda.so")
        ?? FindMissingInterface()
        ?? FindMissingLibrary(EngineLibrary.All.Where(l => l.IsForCuda));

    /// <summary>Why the TensorRT engine cannot work here; null when nothing is missing.</summary>
    public string? FindMissingForTensorRt()
        => driver.Problem
        ?? FindDriverProblem()
        ?? FindMissingProvider(ExecutionProviders.TensorRt, "TensorRT", "libonnxruntime_providers_tensorrt.so")
        ?? FindMissingLibrary(EngineLibrary.All);

    /// <summary>
    /// Why an engine cannot be built here, beyond <see cref="FindMissingForTensorRt"/>; a finished engine runs without that
    /// library. The builder's kernels are one library in older releases and one a compute capability in newer ones.
    /// </summary>
    public string? FindMissingForBuild(GpuDevice device)
    {
        var version = ReadTensorRtVersion();
        string[] names =
        [
            $"{EngineLibrary.TensorRtBuilder}.so.{version}",
            string.Create(CultureInfo.InvariantCulture, $"{EngineLibrary.TensorRtBuilder}_sm{device.ComputeCapability}.so.{version}"),
        ];
        return names.Any(libraries.TryLoad)
            ? null
            : $"an engine must be built and TensorRT's builder library {names[0]} was not found; build it ahead on a machine that has it";
    }

    /// <summary>TensorRT's version, for example <c>10.6.0</c>.</summary>
    public string ReadTensorRtVersion()
    {
        var version = libraries.TensorRtVersion ?? 0;
        return string.Create(CultureInfo.InvariantCulture, $"{version / 10_000}.{version / 100 % 100}.{version % 100}");
    }

    private string? FindDriverProblem() => driver.CudaVersion >= MinCudaVersion
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"the NVIDIA driver supports CUDA {driver.CudaVersion / 1000}.{driver.CudaVersion % 1000 / 10}; CUDA 13 needs driver 580 or newer");

    private string? FindMissingProvider(string provider, string name, string file)
    {
        if (!libraries.HasProvider(provider))
        {
            return $"this build's ONNX Runtime has no {name} provider; build with the GPU package (-p:Gpu=true)";
        }

        string[] files = ["libonnxruntime_providers_shared.so", file];
        var folder = libraries.RuntimeFolder;
        var missing = files.FirstOrDefault(f => !libraries.FileExists(Path.Combine(folder, f)));
        return missing is null ? null : $"{missing} was not found beside ONNX Runtime in {folder}";
    }

    // The managed package asks for an interface of its own and says when that is missing; our operators need a newer one.
    private string? FindMissingInterface() => libraries.HasInterface(OrtFunctions.Version)
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"ONNX Runtime in {libraries.RuntimeFolder} is too old: it has no interface {OrtFunctions.Version}");

    private string? FindMissingLibrary(IEnumerable<EngineLibrary> needed)
    {
        if (needed.FirstOrDefault(l => !libraries.TryLoad(l.File)) is not { } missing)
        {
            return null;
        }

        var other = FindOtherVersion(missing.File) is { } found ? $", only {found}" : "";
        return $"{missing.File} of {missing.Product} was not found{other}; install {missing.Package} or name its folder in LD_LIBRARY_PATH{EngineLibrary.DoctorHint}";
    }

    // A wrong version is the usual reason, and the number at the end of a library's name is its version.
    private string? FindOtherVersion(string library)
    {
        var name = library[..(library.LastIndexOf('.') + 1)];
        var needed = int.Parse(library[name.Length..], CultureInfo.InvariantCulture);
        return Enumerable.Range(1, OtherVersions)
            .SelectMany(n => new[] { needed + n, needed - n })
            .Where(version => version > 0)
            .Select(version => string.Create(CultureInfo.InvariantCulture, $"{name}{version}"))
            .FirstOrDefault(libraries.CanFind);
    }
}
