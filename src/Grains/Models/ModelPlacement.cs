namespace Reranker.Grains.Models;

/// <summary>A model that silos load beside those of their configuration.</summary>
/// <param name="Identity">What the folder must hold.</param>
/// <param name="Name">Name that requests use.</param>
/// <param name="Folder">Path of its folder, the same on every silo.</param>
/// <param name="Revision">Revision of the directives that asked for it; asking again tries again.</param>
[GenerateSerializer, Immutable, Alias("reranker.model-placement")]
public sealed record ModelPlacement(
    [property: Id(0)] string Identity, [property: Id(1)] string Name, [property: Id(2)] string Folder, [property: Id(3)] long Revision);
