using Reranker.Client;

namespace Reranker.Gateway.Calls;

/// <summary>A success before its dialect gives it a shape.</summary>
/// <param name="Id">Id of the request.</param>
/// <param name="Ranking">The entries to return, best first.</param>
/// <param name="Result">All scores and what they cost.</param>
/// <param name="Elapsed">Time since the request came.</param>
/// <param name="Created">When it was made.</param>
internal sealed record RankedReply(string Id, PassageScore[] Ranking, RerankResult Result, TimeSpan Elapsed, DateTimeOffset Created);
