using System.ComponentModel.DataAnnotations;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines;

/// <summary>How the CUDA engine runs.</summary>
public sealed record CudaOptions
{
    /// <summary>
    /// Most tokens of a batch. Default 8,192: an H100 needs 10 ms for them with a large model, and was as fast as with twice
    /// that to within 2 %. Activations take about 17 KB a token. Halved at start while the device has too little memory for it.
    /// </summary>
    [Range(64, 1 << 20)]
    public int MaxBatchTokens { get; init; } = 8_192;

    /// <summary>Most pairs of a batch. Default 256.</summary>
    [Range(1, 4096)]
    public int MaxBatchPairs { get; init; } = 256;

    /// <summary>
    /// Most tokens of a batch that is launched as one CUDA graph where attention is ONNX Runtime's: it launches blocks for every pair
    /// that may be missing, as long as the longest.
    /// </summary>
    internal const int MaxGraphTokensOfOtherAttention = 2048;

    /// <summary>
    /// Batches of at most so many tokens are launched as one CUDA graph instead of kernel by kernel. Default 8,192; 0 for
    /// none. It saves a third of a millisecond a run: 10 % of 4,096 tokens in FP8 on an H200. Of models whose heads have other
    /// sizes than 32 and 64 at most 2,048. None either where <see cref="EngineOptions.InstancesPerGpu"/> is more than 1.
    /// </summary>
    [Range(0, 32_768)]
    public int GraphTokens { get; init; } = 8192;

    /// <summary>Most bytes that ONNX Runtime may take on the device, weights included. Default 0: as many as are free.</summary>
    [Range(0, long.MaxValue)]
    public long MemoryLimitBytes { get; init; }

    /// <summary>
    /// Form of the graph that runs. Default <c>packed</c>; other packed forms exist in models that were imported for
    /// measurements.
    /// </summary>
    [Required]
    public string GraphForm { get; init; } = GraphForms.Packed;

    /// <summary>
    /// Folder of what starts measured, for later ones: times of batches, and which kernels are the fastest. Default empty:
    /// <c>reranker/cuda</c> in the user's cache folder (<c>XDG_CACHE_HOME</c>, else <c>~/.cache</c>). A model takes some
    /// kilobytes there. A folder that cannot be written costs a warning, and every start measures.
    /// </summary>
    public string MeasurementCache { get; init; } = "";

    /// <summary>The folder of <see cref="MeasurementCache"/>, or the one that stands for it where that is empty.</summary>
    public string FindMeasurementCache()
        => MeasurementCache.Length > 0 ? Path.GetFullPath(MeasurementCache) : Path.Combine(UserCache.FindFolder(), "reranker", "cuda");
}
