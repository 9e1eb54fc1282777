namespace Reranker.Requests;

/// <summary>
/// The shard keys of <see cref="IRerankGrain"/>. An Orleans client sends every call for one key to one silo for as long as
/// it is connected to it, so work spreads by key, not by call, and a silo that joins later gets only keys that the client
/// has not used yet.
/// </summary>
public static class RerankShards
{
    /// <summary>Number of shard keys: eight for each silo of a cluster of 32, and three times as many for silos that join later.</summary>
    public const int Count = 1_024;
}
