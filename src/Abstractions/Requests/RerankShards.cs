namespace Reranker.Requests;

/// <summary>
/// The shard keys of <see cref="IRerankGrain"/>. An Orleans client sends every call for one key to one silo, so work
/// spreads by key, not by call; many keys spread evenly.
/// </summary>
public static class RerankShards
{
    /// <summary>Number of shard keys: eight for each silo of a cluster of 32.</summary>
    public const int Count = 256;
}
