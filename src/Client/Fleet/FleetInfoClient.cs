using Microsoft.Extensions.Options;
using Reranker.Client.Connection;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client.Fleet;

/// <summary>
/// Asks one silo, and others beside it when it is slow to answer or cannot be reached; everybody who asks within the cache time shares
/// the answer.
/// </summary>
internal sealed class FleetInfoClient(
    IGrainFactory grains,
    IOptions<RerankerClientOptions> options,
    FleetHints hints,
    ClusterContact contact,
    TimeProvider time) : IFleetInfo, IDisposable
{
    // Successive keys are of different silos: when none of so many answers, hardly any would.
    private const int MostAsked = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private volatile Snapshot? _snapshot;
    private int _key;

    public bool IsReachable => contact.IsReachable;

    public FleetHint? FindHint(string? model) => hints.Find(model);

    public async Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } known)
        {
            return known;
        }

        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Fresh() is { } meanwhile)
            {
                return meanwhile;
            }

            var info = await AskAsync(cancellationToken).ConfigureAwait(false);
            hints.Update(info);
            _snapshot = new Snapshot(info, time.GetTimestamp());
            return info;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<FleetInfo> AskAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<(int Key, Task<FleetInfo> Answer)>(1);
        Exception? failure = null;
        try
        {
            var started = time.GetTimestamp();
            for (var asked = 0; asked < MostAsked || running.Count > 0; asked++)
            {
                if (asked < MostAsked)
                {
                    // The next key, and so another silo: the one of this key may hang for as long as its connection stands.
                    var key = (_key + asked) % FleetInfoKeys.Count;
                    running.Add((key, CallAsync(key, end.Token)));
                }

                var remaining = options.Value.FleetTimeout - time.GetElapsedTime(started);
                if (await FirstAsync(running, asked < MostAsked - 1 && Patience < remaining ? Patience : remaining, cancellationToken).ConfigureAwait(false) is { } first)
                {
                    running.RemoveAll(r => r.Answer == first.Answer);
                    if (first.Answer.IsCompletedSuccessfully)
                    {
                        _key = first.Key;
                        contact.Heard();
                        return await first.Answer.ConfigureAwait(false);
                    }

                    failure = first.Answer.Exception?.InnerException ?? new OperationCanceledException();
                }
                else if (time.GetElapsedTime(started) >= options.Value.FleetTimeout)
                {
                    contact.Unheard(options.Value.FleetTimeout);
                    failure ??= new TimeoutException("No silo answered in time.");
                    break;
                }
            }
        }
        finally
        {
            // A call through a silo that was killed does not end by itself, and its cancellation is only a message to that silo.
            await end.CancelAsync().ConfigureAwait(false);
            foreach (var (_, answer) in running)
            {
                _ = answer.ContinueWith(
                    static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }

        _key = (_key + MostAsked) % FleetInfoKeys.Count;
        throw new RerankException(RerankOutcome.Unavailable, "No node of the cluster answered.", TimeSpan.FromSeconds(1), failure);
    }

    private async Task<FleetInfo> CallAsync(int key, CancellationToken cancellationToken)
        => await grains.GetReachableGrain<IFleetInfoGrain>(key).GetAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>The first call that ends; null when none does within <paramref name="patience"/>.</summary>
    private async Task<(int Key, Task<FleetInfo> Answer)?> FirstAsync(
        List<(int Key, Task<FleetInfo> Answer)> running, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (patience <= TimeSpan.Zero)
        {
            return null;
        }

        try
        {
            var first = await Task.WhenAny(running.Select(static r => r.Answer)).WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            return running.Find(r => r.Answer == first);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private FleetInfo? Fresh() =>
        _snapshot is { } snapshot && contact.IsReachable && time.GetElapsedTime(snapshot.Timestamp) < options.Value.FleetCacheTime ? snapshot.Info : null;

    private sealed record Snapshot(FleetInfo Info, long Timestamp);
}
