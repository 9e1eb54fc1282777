using Microsoft.Extensions.Options;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client.Fleet;

/// <summary>Asks one silo and lets everybody who asks within the cache time share the answer.</summary>
internal sealed class FleetInfoClient(
    IGrainFactory grains,
    IOptions<RerankerClientOptions> options,
    FleetHints hints,
    TimeProvider time) : IFleetInfo, IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private volatile Snapshot? _snapshot;
    private int _key;

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
        try
        {
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            // WaitAsync beside the token: a call through a silo that was killed does not end by itself, and its
            // cancellation is only a message to that silo.
            return await grains.GetReachableGrain<IFleetInfoGrain>(_key)
                .GetAsync(attempt.Token)
                .WaitAsync(options.Value.FleetTimeout, time, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Another key, and so perhaps another silo: the one of this key may hang for as long as its connection stands.
            _key = (_key + 1) % FleetInfoKeys.Count;
            throw new RerankException(
                RerankOutcome.Unavailable, "No node of the cluster answered.", TimeSpan.FromSeconds(1), exception);
        }
    }

    private FleetInfo? Fresh() =>
        _snapshot is { } snapshot && time.GetElapsedTime(snapshot.Timestamp) < options.Value.FleetCacheTime ? snapshot.Info : null;

    private sealed record Snapshot(FleetInfo Info, long Timestamp);
}
