namespace Reranker.Gateway.Rpc;

/// <summary>A message's place on its stream.</summary>
/// <param name="Sequence">How many came before it.</param>
/// <param name="Message">What it holds in memory.</param>
/// <param name="Before">Ends when the one before it was answered.</param>
internal sealed record StreamPlace(ulong Sequence, RpcMessage Message, Task Before);
