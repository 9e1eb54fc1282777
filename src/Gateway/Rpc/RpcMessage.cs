using Reranker.Budgets;

namespace Reranker.Gateway.Rpc;

/// <summary>What a message, its texts and its reply hold in memory, until it is disposed.</summary>
/// <param name="Memory">What is counted.</param>
/// <param name="Bytes">Length of the message as it came.</param>
internal sealed record RpcMessage(BudgetLease Memory, long Bytes) : IDisposable
{
    public void Dispose() => Memory.Dispose();
}
