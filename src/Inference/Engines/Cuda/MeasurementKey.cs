using System.Globalization;
using System.Security.Cryptography;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Cuda.Kernels;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>All that times of batches and choices of kernels depend on, as far as this process can read it.</summary>
internal sealed record MeasurementKey
{
    // Of the measured shapes and sizes, and of how their files look.
    private const int Version = 1;

    public required string ModelIdentity { get; init; }

    public required string GraphSha256 { get; init; }

    public required string Precision { get; init; }

    /// <summary>Name, capability, memory, multiprocessors and highest clock.</summary>
    public required string Gpu { get; init; }

    public required string Driver { get; init; }

    public required string Cuda { get; init; }

    /// <summary>Version of cuBLASLt, whose kernels are known by it alone.</summary>
    public required string CublasLt { get; init; }

    public required string OnnxRuntime { get; init; }

    /// <summary>Hash of the engine's own kernels for the card.</summary>
    public required string Kernels { get; init; }

    /// <summary>What the device takes, which may be less than was asked for.</summary>
    public required string Limits { get; init; }

    /// <summary>How the engine runs.</summary>
    public required string Options { get; init; }

    /// <summary>Every part on a line of its own: what the folder's <c>key.txt</c> says to people.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"""
        model {ModelIdentity}
        graph {GraphSha256}
        precision {Precision}
        gpu {Gpu}
        driver {Driver}
        cuda {Cuda}
        cublaslt {CublasLt}
        onnx_runtime {OnnxRuntime}
        kernels {Kernels}
        limits {Limits}
        options {Options}
        version {Version}

        """).ReplaceLineEndings("\n");

    /// <summary>The folder's name.</summary>
    public string Hash => CacheName.FromText(Text);

    /// <summary>The key of a model that is open on a device.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="options">How it runs, as it was resolved for its precision.</param>
    /// <param name="graphFile">Its graph.</param>
    /// <param name="gpu">The device.</param>
    /// <param name="limits">What the device takes.</param>
    /// <param name="cudaVersion">CUDA version of the driver.</param>
    /// <param name="cublasLt">Version of cuBLASLt; 0 where the graph has no use for it.</param>
    public static MeasurementKey CreateKey(
        EngineRequest request, CudaOptions options, string graphFile, GpuDevice gpu, CostLimits limits, int cudaVersion, long cublasLt)
    {
        var manifest = request.Model.Manifest;
        return new MeasurementKey
        {
            ModelIdentity = manifest.Identity,
            GraphSha256 = manifest.Files.FirstOrDefault(f => f.Name == Path.GetFileName(graphFile))?.Sha256 ?? Path.GetFileName(graphFile),
            Precision = manifest.Precision,
            Gpu = Write($"{gpu.Name}, {gpu.ComputeCapability}, {gpu.MemoryBytes} bytes, {gpu.Processors} processors, {gpu.ClockKilohertz} kHz"),
            Driver = gpu.Driver,
            Cuda = Write($"{cudaVersion}"),
            CublasLt = Write($"{cublasLt}"),
            OnnxRuntime = OnnxRuntimeLibrary.Version,
            Kernels = HashKernels(gpu),
            Limits = Write($"{limits.MaxPairTokens} tokens a pair, {limits.MaxBatchPairs} pairs, {limits.MaxBatchTokens} tokens, {limits.Lanes} at once"),
            Options = Write($"graph tokens {options.GraphTokens}, memory {options.MemoryLimitBytes}, calibration {request.Options.CalibrationTime:c}"),
        };
    }

    private static string HashKernels(GpuDevice gpu)
        => KernelImage.FindName(gpu.ComputeCapability) is { } name ? Convert.ToHexStringLower(SHA256.HashData(KernelImage.ReadImage(name))) : "none";

    private static string Write(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
