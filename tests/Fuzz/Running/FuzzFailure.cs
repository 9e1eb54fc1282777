namespace Reranker.Fuzz.Running;

/// <summary>A case whose reply is wrong.</summary>
/// <param name="Case">Its number.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Mutations">What was done to the request.</param>
/// <param name="Request">The bytes that were sent.</param>
/// <param name="Reply">The reply: status, headers and body.</param>
internal sealed record FuzzFailure(long Case, string Fault, string Mutations, byte[] Request, string Reply);
