using Microsoft.Extensions.Options;
using Reranker.Attempts;
using Reranker.Client.Connection;
using Reranker.Fleet;

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
    private const int MaxAsked = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private volatile CachedFleet? _cached;
    private int _key;

    public bool IsReachable => contact.IsReachable;

    public FleetHint? FindHint(string? model) => hints.FindHint(model);

    public async Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken)
    {
        if (FindFresh() is { } known)
        {
            return known;
        }

        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (FindFresh() is { } meanwhile)
            {
                return meanwhile;
            }

            var info = await AskSilosAsync(cancellationToken).ConfigureAwait(false);
            hints.Update(info);
            _cached = new CachedFleet(info, time.GetTimestamp());
            return info;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<FleetInfo> AskSilosAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new RunningAttempts<int, FleetInfo>();
        try
        {
            return await AskInTurnAsync(running, end.Token, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // A call through a silo that was killed does not end by itself, and its cancellation is only a message to that silo.
            await end.CancelAsync().ConfigureAwait(false);
            running.AbandonAll();
        }
    }

    // One silo after another, each beside those that are slow to answer.
    private async Task<FleetInfo> AskInTurnAsync(RunningAttempts<int, FleetInfo> running, CancellationToken end, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(time, options.Value.FleetTimeout);
        Exception? failure = null;
        for (var asked = 0; asked < MaxAsked || running.Count > 0; asked++)
        {
            if (asked < MaxAsked)
            {
                // The next key, and so another silo: the one of this key may hang for as long as its connection stands.
                var key = (_key + asked) % FleetInfoKeys.Count;
                running.Add(key, AskSiloAsync(key, end));
            }

            var remaining = deadline.Remaining;
            await running.WaitForAnyAsync(asked < MaxAsked - 1 && Patience < remaining ? Patience : remaining, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (running.TryTakeEnded(out var answered, out var answer))
            {
                if (answer.IsCompletedSuccessfully)
                {
                    _key = answered;
                    contact.NoteAnswer();
                    return await answer.ConfigureAwait(false);
                }

                failure = answer.Exception?.InnerException ?? new OperationCanceledException();
            }
            else if (deadline.HasPassed)
            {
                contact.MarkLostAfterSilence(options.Value.FleetTimeout);
                failure ??= new TimeoutException("No silo answered in time.");
                break;
            }
        }

        _key = (_key + MaxAsked) % FleetInfoKeys.Count;
        throw FleetFaults.CreateUnanswered(failure!);
    }

    private async Task<FleetInfo> AskSiloAsync(int key, CancellationToken cancellationToken)
        => await grains.GetReachableGrain<IFleetInfoGrain>(key).GetFleetAsync(cancellationToken).ConfigureAwait(false);

    private FleetInfo? FindFresh() =>
        _cached is { } cached && contact.IsReachable && time.GetElapsedTime(cached.Timestamp) < options.Value.FleetCacheTime ? cached.Info : null;

    private sealed record CachedFleet(FleetInfo Info, long Timestamp);
}
