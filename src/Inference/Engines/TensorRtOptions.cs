using System.ComponentModel.DataAnnotations;

namespace Reranker.Inference.Engines;

/// <summary>How the TensorRT engine is built and runs.</summary>
public sealed record TensorRtOptions
{
    /// <summary>Batch shapes that the engine is built for. Default from 1 × 8 over 32 × 256 to 40 × 512.</summary>
    [Required]
    public ShapeProfile Profile { get; init; } = new();

    /// <summary>
    /// Folder of built engines and timing caches. Default empty: <c>reranker/engines</c> in the user's cache folder
    /// (<c>XDG_CACHE_HOME</c>, else <c>~/.cache</c>). An engine of a large model takes about 1.2 GB there in FP16.
    /// </summary>
    public string EngineCache { get; init; } = "";

    /// <summary>
    /// Builds the engine when there is none in <see cref="EngineCache"/>, which takes minutes. Default true; false makes a
    /// missing engine an error, for fleets whose engines are built ahead.
    /// </summary>
    public bool Build { get; init; } = true;

    /// <summary>Most bytes of working memory a kernel may ask for while the engine is built. Default 0: ONNX Runtime's own limit.</summary>
    [Range(0, long.MaxValue)]
    public long WorkspaceBytes { get; init; }

    /// <summary>
    /// How hard the builder looks for fast kernels, 0 to 5. Default 3, TensorRT's own; 5 tries the most and takes several times
    /// as long. An engine built at another level or with other <see cref="WorkspaceBytes"/> is another engine.
    /// </summary>
    [Range(0, 5)]
    public int BuilderLevel { get; init; } = 3;

    /// <summary>The folder of <see cref="EngineCache"/>, or the one that stands for it where that is empty.</summary>
    public string FindEngineCache() => EngineCacheFolder;

    internal string EngineCacheFolder => EngineCache.Length > 0 ? Path.GetFullPath(EngineCache) : Path.Combine(UserCache.FindFolder(), "reranker", "engines");
}
