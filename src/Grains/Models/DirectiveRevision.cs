namespace Reranker.Grains.Models;

/// <summary>The revision in which one entry of the directives was changed last.</summary>
/// <param name="Key">An identity, or the name of a route.</param>
/// <param name="Revision">The revision.</param>
[GenerateSerializer, Immutable, Alias("reranker.directive-revision")]
internal sealed record DirectiveRevision([property: Id(0)] string Key, [property: Id(1)] long Revision);
