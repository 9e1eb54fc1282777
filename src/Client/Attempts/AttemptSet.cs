using System.Diagnostics;
using Reranker.Client.Connection;
using Reranker.Client.Telemetry;
using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>The attempts of one request that are on their way; disposing it cancels them.</summary>
internal sealed class AttemptSet(
    IGrainFactory grains, ShardPicker shards, ShardHealth health, ClusterContact contact, TimeProvider time, CancellationToken cancellationToken)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly List<SentAttempt> _running = new(1);
    private readonly List<SentAttempt> _abandoned = [];
    private readonly List<int> _shards = new(1);
    private CancellationTokenSource? _wait;

    /// <summary>Attempts started so far.</summary>
    public int Started => _shards.Count;

    /// <summary>Whether an attempt is without an answer.</summary>
    public bool AnyRunning => _running.Count > 0;

    /// <summary>Whether the last of them was sent though no silo could be reached, and still none can.</summary>
    public bool IsForlorn => _running.Count > 0 && _running[^1].IsForlorn && !contact.IsReachable;

    /// <summary>Whether the last connection was lost since they were sent: none of them will have an answer.</summary>
    public bool AreLost => _wait is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested;

    /// <summary>Shards of the attempts without an answer.</summary>
    public IEnumerable<int> Unanswered => _running.Select(static r => r.Shard);

    /// <summary>Sends the request to a shard that it was not sent to.</summary>
    /// <param name="request">The request.</param>
    /// <param name="remaining">Time it has left.</param>
    /// <param name="reason">Why there is another attempt, a value of the metric's tag.</param>
    public void Start(RerankRequest request, TimeSpan remaining, string reason)
    {
        var shard = shards.Next(_shards);
        _shards.Add(shard);
        ClientTelemetry.Attempts.Add(1, new KeyValuePair<string, object?>("reason", reason));
        _wait ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, contact.Loss);
        _running.Add(new SentAttempt(
            shard,
            health.SiloOf(shard),
            Send(shard, request with { RemainingMilliseconds = Math.Max(1, (int)remaining.TotalMilliseconds) }),
            !contact.IsReachable));
    }

    /// <summary>Waits no longer for those that were sent, nor for the loss that befell them.</summary>
    public void Abandon()
    {
        _abandoned.AddRange(_running);
        _running.Clear();
        _wait?.Dispose();
        _wait = null;
    }

    /// <summary>Takes the first attempt that ends out of the set; null when none does within <paramref name="patience"/>, or they are lost.</summary>
    public async Task<SentAttempt?> FirstAsync(TimeSpan patience)
    {
        try
        {
            var first = await Task.WhenAny(_running.Select(static r => r.Reply))
                .WaitAsync(patience, time, _wait!.Token).ConfigureAwait(false);
            var ended = _running.Find(r => r.Reply == first)!;
            _running.Remove(ended);
            return ended;
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (OperationCanceledException) when (AreLost)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the silo of the newest attempt without an answer is there and says so within <paramref name="patience"/>. An
    /// answer of another silo means that the one that had the request is lost.
    /// </summary>
    public async Task<bool> IsPresentAsync(TimeSpan patience)
    {
        var (shard, silo, _, _) = _running[^1];
        if (silo is null)
        {
            return false;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        try
        {
            return await grains.GetReachableGrain<IRerankGrain>(shard)
                .PresentAsync(end.Token).WaitAsync(patience, time, cancellationToken).ConfigureAwait(false) == silo;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            await end.CancelAsync().ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Whether any silo says within <paramref name="patience"/> that it is there.</summary>
    public async Task<bool> IsAnybodyPresentAsync(TimeSpan patience)
    {
        try
        {
            await grains.GetReachableGrain<IRerankGrain>(_running[^1].Shard)
                .PresentAsync(_end.Token).WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            contact.Heard();
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _end.Dispose();
        _wait?.Dispose();
        foreach (var loser in _running.Concat(_abandoned))
        {
            // Observes what it throws.
            _ = loser.Reply.ContinueWith(
                static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        Activity.Current?.SetTag("reranker.attempts", Started);
    }

    private Task<RerankReply> Send(int shard, RerankRequest request)
    {
        try
        {
            return grains.GetReachableGrain<IRerankGrain>(shard).RerankAsync(request, _end.Token);
        }
        catch (Exception exception)
        {
            // A client that has not reached its cluster, or has lost all gateways, throws before it sends.
            return Task.FromException<RerankReply>(exception);
        }
    }
}
