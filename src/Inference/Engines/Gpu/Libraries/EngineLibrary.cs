namespace Reranker.Inference.Engines.Gpu.Libraries;

/// <summary>A library that an engine loads, and where Debian and Ubuntu get it.</summary>
/// <param name="File">Its name, as the system's loader is asked for it.</param>
/// <param name="Product">What it is a part of.</param>
/// <param name="Package">Name of its package in NVIDIA's repository.</param>
/// <param name="IsForCuda">True when the CUDA engine needs it; all are needed by TensorRT.</param>
public sealed record EngineLibrary(string File, string Product, string Package, bool IsForCuda)
{
    /// <summary>Ends the word of an engine that lacks a library.</summary>
    public const string DoctorHint = " ('reranker doctor' shows all that is missing)";

    /// <summary>Name of the library whose kernels TensorRT builds engines of; its version stands behind it.</summary>
    public const string TensorRtBuilder = "libnvinfer_builder_resource";

    /// <summary>The package that has it.</summary>
    public const string TensorRtPackage = "libnvinfer10";

    /// <summary>The library of TensorRT itself.</summary>
    public static EngineLibrary TensorRt { get; } = new(TensorRtEntryPoints.Library, "TensorRT 10", TensorRtPackage, IsForCuda: false);

    /// <summary>All of them, those first that others load.</summary>
    public static IReadOnlyList<EngineLibrary> All { get; } =
    [
        new("libcudart.so.13", "CUDA 13", "cuda-cudart-13-0", IsForCuda: true),
        new("libcublasLt.so.13", "CUDA 13", "libcublas-13-0", IsForCuda: true),
        new("libcublas.so.13", "CUDA 13", "libcublas-13-0", IsForCuda: true),
        new("libcurand.so.10", "CUDA 13", "libcurand-13-0", IsForCuda: true),
        new("libcudnn.so.9", "cuDNN 9", "libcudnn9-cuda-13", IsForCuda: false),
        TensorRt,
        new("libnvonnxparser.so.10", "TensorRT's ONNX parser", "libnvonnxparsers10", IsForCuda: false),
    ];
}
