namespace Reranker.Grains.Placement;

/// <summary>
/// The silo that a pinned grain's key names is not active. On purpose no <c>OrleansException</c>: the runtime repeats
/// placements that fail with one, which costs the caller half a second before it may try another worker.
/// </summary>
/// <param name="key">The grain's key.</param>
[GenerateSerializer, Alias("reranker.worker-host-gone")]
public sealed class WorkerHostGoneException(string key)
    : InvalidOperationException($"The host of '{key}' is not active.");
