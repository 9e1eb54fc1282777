using System.ComponentModel.DataAnnotations;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>How the CUDA engine runs.</summary>
public sealed record CudaOptions
{
    /// <summary>
    /// Most tokens of a batch. Default 16,384: an H100 is busy with half of that, and activations take about 32 KB a token of
    /// a large model. Halved at start while the device has too little memory for it.
    /// </summary>
    [Range(64, 1 << 20)]
    public int MaxBatchTokens { get; init; } = 16_384;

    /// <summary>Most pairs of a batch. Default 256.</summary>
    [Range(1, 4096)]
    public int MaxBatchPairs { get; init; } = 256;

    /// <summary>Most bytes that ONNX Runtime may take on the device, weights included. Default 0: as many as are free.</summary>
    [Range(0, long.MaxValue)]
    public long MemoryLimitBytes { get; init; }

    /// <summary>
    /// Form of the graph that runs. Default <c>packed</c>; other packed forms exist in models that were imported for
    /// measurements.
    /// </summary>
    [Required]
    public string GraphForm { get; init; } = "packed";
}
