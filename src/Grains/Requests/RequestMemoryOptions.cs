namespace Reranker.Grains.Requests;

/// <summary>How much memory the requests of one silo may hold.</summary>
public sealed class RequestMemoryOptions
{
    /// <summary>
    /// Most bytes that all requests may hold together: their texts until they are tokenized, then their token ids. Above it requests are
    /// refused as busy. A larger request may still run alone. Default 1 GiB.
    /// </summary>
    public long MaxBytes { get; set; } = 1024L * 1024 * 1024;
}
