using Orleans.Placement;

namespace Reranker.Grains.Placement;

/// <summary>Marks a grain class whose key starts with the address of the silo it lives on.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
internal sealed class PinnedToSiloAttribute() : PlacementAttribute(new PinnedToSiloPlacement());
