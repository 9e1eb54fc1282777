namespace Reranker.Models;

/// <summary>Where a model stands on a silo.</summary>
[GenerateSerializer, Alias("reranker.model-phase")]
public enum ModelPhase
{
    /// <summary>Its engines are being loaded.</summary>
    Loading = 0,

    /// <summary>The silo takes its requests, and its workers take its work.</summary>
    Ready = 1,

    /// <summary>It gets no new requests, and is unloaded when the last of its requests has ended on every silo.</summary>
    Retiring = 2,

    /// <summary>It could not be loaded.</summary>
    Failed = 3,
}
