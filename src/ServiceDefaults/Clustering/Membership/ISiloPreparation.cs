namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>Something that must have happened before a silo is made: its address is fixed then, and with it its place among former silos.</summary>
internal interface ISiloPreparation
{
    /// <summary>Returns when the silo may be made; throws what ends the start.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);
}
