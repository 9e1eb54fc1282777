namespace Reranker.Fleet;

/// <summary>The keys of <see cref="IFleetInfoGrain"/>. An Orleans client sends all calls for one key to one silo; who gets no answer asks with the next key.</summary>
public static class FleetInfoKeys
{
    /// <summary>Number of keys, from 0.</summary>
    public const int Count = 16;
}
