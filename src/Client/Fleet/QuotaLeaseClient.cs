using Reranker.Client.Connection;
using Reranker.Quotas;

namespace Reranker.Client.Fleet;

/// <summary>Calls the one grain that shares limits out.</summary>
internal sealed class QuotaLeaseClient(IGrainFactory grains, TimeProvider time) : IQuotaLeases
{
    // A lease holds longer than a few of these; whoever waits longer has no time left to ask again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<QuotaLeaseReply> RenewAsync(QuotaLeaseRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetReachableGrain<IQuotaGrain>(IQuotaGrain.Key).RenewAsync(request, cancellationToken)
                .WaitAsync(Patience, time, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw FleetFaults.CreateUnanswered(exception);
        }
    }
}
