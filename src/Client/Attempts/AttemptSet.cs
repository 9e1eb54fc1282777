using System.Diagnostics;
using Reranker.Attempts;
using Reranker.Client.Connection;
using Reranker.Client.Parts;
using Reranker.Client.Shards;
using Reranker.Client.Telemetry;
using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>The attempts of one request that are on their way; disposing it cancels them.</summary>
/// <param name="request">The request; its remaining time is set anew for every attempt.</param>
/// <param name="deadline">When it must have ended.</param>
/// <param name="grains">What they are sent to.</param>
/// <param name="shards">Chooses where to.</param>
/// <param name="health">Knows which silos answer.</param>
/// <param name="contact">Knows whether any silo can be reached.</param>
/// <param name="time">The clock.</param>
/// <param name="partInquiry">Asks for scores before all are known.</param>
/// <param name="ledger">What the request has told of them; null when its caller waits for the whole.</param>
/// <param name="cancellationToken">The caller's.</param>
internal sealed class AttemptSet(
    RerankRequest request,
    Deadline deadline,
    IGrainFactory grains,
    ShardPicker shards,
    ShardHealth health,
    ClusterContact contact,
    TimeProvider time,
    PartInquiry partInquiry,
    PartLedger? ledger,
    CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly RunningAttempts<SentAttempt, RerankReply> _running = new();
    private readonly List<int> _shards = new(1);
    private CancellationTokenSource? _wait;

    /// <summary>Name or identity of the request's model; null is the default one.</summary>
    public string? Model => request.Model;

    /// <summary>Number of the request's passages.</summary>
    public int Passages => request.Passages.Length;

    /// <summary>Whether an attempt is without an answer.</summary>
    public bool AnyRunning => _running.Count > 0;

    /// <summary>The newest attempt without an answer.</summary>
    public SentAttempt Newest => _running.Newest;

    /// <summary>Whether the newest of them was sent though no silo could be reached, and still none can.</summary>
    public bool IsTrial => AnyRunning && Newest.IsTrial && !contact.IsReachable;

    /// <summary>Whether the last connection was lost since they were sent: none of them will have an answer.</summary>
    public bool AreLost => _wait is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested;

    /// <summary>Sends the request to a shard that it was not sent to.</summary>
    /// <param name="reason">Why there is another attempt, a value of the metric's tag.</param>
    public void StartAttempt(string reason)
    {
        var shard = shards.DrawShard(_shards);
        _shards.Add(shard);
        ClientTelemetry.Attempts.Add(1, new KeyValuePair<string, object?>("reason", reason));
        if (AreLost)
        {
            // The earlier attempts will have no answer. This one was sent after the loss and does not share it.
            AbandonAll();
        }

        _wait ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, contact.Loss);
        _running.Add(
            new SentAttempt(shard, health.FindSilo(shard), !contact.IsReachable),
            SendToShardAsync(shard));
    }

    /// <summary>Waits until one has ended, they are lost or the time is over. Await it without its exceptions.</summary>
    public Task WaitForAnyAsync(TimeSpan patience) => _running.WaitForAnyAsync(patience, time, _wait!.Token);

    /// <summary>Takes the first attempt that has ended out of the set.</summary>
    public bool TryTakeEnded(out SentAttempt attempt, out Task<RerankReply> reply) => _running.TryTakeEnded(out attempt, out reply!);

    /// <summary>Waits no longer for the attempts that were sent, nor for the loss of their connections.</summary>
    public void AbandonAll()
    {
        _running.AbandonAll();
        _wait?.Dispose();
        _wait = null;
    }

    /// <summary>Has the shards of all attempts without an answer avoided.</summary>
    public void AvoidUnansweredShards()
    {
        for (var i = 0; i < _running.Count; i++)
        {
            health.AvoidShard(_running[i].Shard);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _end.Dispose();
        AbandonAll();
        Activity.Current?.SetTag("reranker.attempts", _shards.Count);
    }

    private Task<RerankReply> SendToShardAsync(int shard)
    {
        Guid? partsId = ledger is null ? null : Guid.NewGuid();
        try
        {
            var reply = grains.GetReachableGrain<IRerankGrain>(shard)
                .RerankAsync(request with { RemainingMilliseconds = deadline.RemainingMilliseconds, PartsId = partsId }, _end.Token);
            if (partsId is { } id)
            {
                _ = partInquiry.FollowAttemptAsync(shard, id, _shards.Count, ledger!, Passages, _end.Token);
            }

            return reply;
        }
        catch (Exception exception)
        {
            // A client that has not reached its cluster, or has lost all gateways, throws before it sends.
            return Task.FromException<RerankReply>(exception);
        }
    }
}
