using Reranker.Client;
using Reranker.Client.Fleet;
using Reranker.Quotas;
using Reranker.Requests;

namespace Reranker.Gateway.Tests.Fakes;

/// <summary>Grants what a test scripts, and else does not answer.</summary>
internal sealed class ScriptedQuotaLeases : IQuotaLeases
{
    public List<QuotaLeaseRequest> Requests { get; } = [];

    public Func<QuotaLeaseRequest, QuotaLeaseReply?> Script { get; set; } = static _ => null;

    public Task<QuotaLeaseReply> RenewAsync(QuotaLeaseRequest request, CancellationToken cancellationToken)
    {
        lock (Requests)
        {
            Requests.Add(request);
        }

        return Script(request) is { } reply
            ? Task.FromResult(reply)
            : Task.FromException<QuotaLeaseReply>(new RerankException(RerankOutcome.Unavailable, "nobody"));
    }
}
