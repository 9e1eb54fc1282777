using Reranker.Client;

namespace Reranker.Gateway.Rpc;

/// <summary>One request for scores: the only one of a call, or one of a stream.</summary>
/// <param name="Call">The call that it came with.</param>
/// <param name="Message">What it holds in memory.</param>
/// <param name="Started">Timestamp at which it was read, or at which its call came where that is the same.</param>
/// <param name="TimeoutMilliseconds">The time that it asked for itself; 0 where it did not.</param>
internal sealed record RpcRequest(RpcCall Call, RpcMessage Message, long Started, uint TimeoutMilliseconds = 0)
{
    /// <summary>Takes in scores before all are known, and returns at once; null where the caller waits for the whole.</summary>
    public Action<RerankPart>? TellPart { get; init; }
}
