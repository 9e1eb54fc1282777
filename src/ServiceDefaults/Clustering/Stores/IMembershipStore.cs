namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>The server that holds the cluster's membership, before Orleans uses it.</summary>
internal interface IMembershipStore
{
    /// <summary>Returns when the store answers and has what Orleans needs; throws what went wrong otherwise.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);
}
