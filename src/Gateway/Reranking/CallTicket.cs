using Reranker.Budgets;
using Reranker.Client;

namespace Reranker.Gateway.Reranking;

/// <summary>A request whose message is there and not read yet, however it came.</summary>
/// <param name="Id">Id of the request.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Memory">Counts its message, and from then on its texts.</param>
/// <param name="MessageBytes">Length of the message as it came.</param>
/// <param name="Started">Timestamp of its arrival.</param>
internal readonly record struct CallTicket(string Id, string Tenant, BudgetLease Memory, long MessageBytes, long Started)
{
    /// <summary>Takes in scores before all are known, and returns at once; null where the caller waits for the whole.</summary>
    public Action<RerankPart>? TellPart { get; init; }
}
