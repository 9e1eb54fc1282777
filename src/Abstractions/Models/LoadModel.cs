namespace Reranker.Models;

/// <summary>A model to load.</summary>
[GenerateSerializer, Immutable, Alias("reranker.load-model")]
public sealed record LoadModel
{
    /// <summary>Path of the imported model's folder, on every silo the same.</summary>
    [Id(0)] public required string Folder { get; init; }

    /// <summary>Name that requests use; null takes the one in the folder.</summary>
    [Id(1)] public string? Name { get; init; }
}
