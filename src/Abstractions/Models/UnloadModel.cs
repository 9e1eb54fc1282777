namespace Reranker.Models;

/// <summary>A model to unload.</summary>
[GenerateSerializer, Immutable, Alias("reranker.unload-model")]
public sealed record UnloadModel
{
    /// <summary>Its identity.</summary>
    [Id(0)] public required string Identity { get; init; }

    /// <summary>True unloads it even when no other model would then answer requests of its name.</summary>
    [Id(1)] public bool Force { get; init; }
}
