namespace Reranker.Grains.Dispatch;

/// <summary>Passages of one request that travel and are scored together.</summary>
/// <param name="Index">Its place in the plan, from 0.</param>
/// <param name="Candidate">Index of the worker it is planned for.</param>
/// <param name="Passages">Indexes of its passages in the request, longest first.</param>
/// <param name="Tokens">Tokens of its joined pairs.</param>
/// <param name="ExpectedSeconds">Expected time until it is scored, what its worker gets before it included.</param>
internal sealed record SubBatch(int Index, int Candidate, int[] Passages, long Tokens, double ExpectedSeconds);
