namespace Reranker.Gateway.Reranking;

/// <summary>How a request ended, as metrics and traces tell it.</summary>
/// <param name="Dialect">The dialect, or the contract of gRPC, that it came in.</param>
/// <param name="Status">Its status of HTTP, or the one that its error would have there.</param>
/// <param name="Outcome">How it ended, a value of the metric's tag.</param>
/// <param name="Passages">Its passages.</param>
/// <param name="Tokens">Tokens that the model read.</param>
/// <param name="Truncated">Passages of which it did not read everything.</param>
internal readonly record struct RequestSummary(string Dialect, int Status, string Outcome, int Passages, long Tokens, int Truncated);
