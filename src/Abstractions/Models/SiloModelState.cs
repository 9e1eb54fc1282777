namespace Reranker.Models;

/// <summary>One model on one silo.</summary>
[GenerateSerializer, Immutable, Alias("reranker.silo-model-state")]
public sealed record SiloModelState
{
    /// <summary>Name of the silo.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>Where the model stands there.</summary>
    [Id(1)] public required ModelPhase Phase { get; init; }

    /// <summary>Why loading failed.</summary>
    [Id(2)] public string? Error { get; init; }

    /// <summary>Requests in progress there that are pinned to it.</summary>
    [Id(3)] public int PinnedRequests { get; init; }
}
