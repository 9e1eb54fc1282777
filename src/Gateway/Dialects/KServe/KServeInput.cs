namespace Reranker.Gateway.Dialects.KServe;

/// <summary>A tensor that came with a request.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">The name of its type.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Texts">Its elements, row by row.</param>
internal sealed record KServeInput(string Name, string Datatype, long[] Shape, string[] Texts);
