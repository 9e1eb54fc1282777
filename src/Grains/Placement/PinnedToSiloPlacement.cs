namespace Reranker.Grains.Placement;

/// <summary>
/// Places a grain on the silo that its key names and nowhere else. There is no directory entry: where the grain lives
/// follows from its key, so losing a third silo, which held its directory partition, does not deactivate it.
/// </summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("reranker.pinned-to-silo")]
internal sealed class PinnedToSiloPlacement : PlacementStrategy
{
    /// <inheritdoc/>
    public override bool IsUsingGrainDirectory => false;
}
