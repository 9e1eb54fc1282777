using Reranker.Attempts;
using Reranker.Client.Connection;
using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>
/// Asks silos whether they are there. Orleans tells a client nothing for up to its response time-out when a silo hangs or is
/// killed; only an answer tells one that has much to do from one that is lost.
/// </summary>
internal sealed class SiloInquiry(IGrainFactory grains, ClusterContact contact, TimeProvider time)
{
    /// <summary>
    /// Asks how an overdue attempt stands. Its silo answers; or another silo does, because the one that had the request is lost; or
    /// none answers in time.
    /// </summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="patience">Longest wait for the answer.</param>
    /// <param name="stop">Cancelled when the request has ended.</param>
    public async Task<AttemptStanding> AskStandingAsync(SentAttempt attempt, TimeSpan patience, CancellationToken stop)
    {
        if (attempt.Silo is null)
        {
            return AttemptStanding.Silent;
        }

        var present = await AskPresenceAsync(attempt.Shard, patience, stop).ConfigureAwait(false);
        if (present is null)
        {
            return AttemptStanding.Silent;
        }

        return present == attempt.Silo ? AttemptStanding.Waiting : AttemptStanding.Absent;
    }

    /// <summary>Whether any silo answers for a shard, which shows that the cluster is there again.</summary>
    public async Task<bool> IsAnySiloThereAsync(int shard, TimeSpan patience, CancellationToken stop)
    {
        if (await AskPresenceAsync(shard, patience, stop).ConfigureAwait(false) is null)
        {
            return false;
        }

        contact.NoteAnswer();
        return true;
    }

    // Who answers for a shard; null when nobody does in time.
    private async Task<string?> AskPresenceAsync(int shard, TimeSpan patience, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            return await grains.GetReachableGrain<IRerankGrain>(shard)
                .ConfirmPresenceAsync(end.Token).WaitAsync(patience, time, stop).ConfigureAwait(false);
        }
        catch (Exception)
        {
            stop.ThrowIfCancellationRequested();
            await end.CancelAsync().ConfigureAwait(false);
            return null;
        }
    }
}
