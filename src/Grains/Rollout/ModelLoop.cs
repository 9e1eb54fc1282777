using Microsoft.Extensions.Logging;
using Reranker.Grains.Logging;
using Reranker.Grains.Models;

namespace Reranker.Grains.Rollout;

/// <summary>
/// Brings one identity to where the directives want it on this silo, step by step: loads it when it is missing, and unloads
/// it when it is retired and no silo has a request left that is pinned to it.
/// </summary>
internal sealed partial class ModelLoop(
    string identity,
    DirectiveStore directives,
    IModelCatalog catalog,
    IModelHost host,
    ModelLoader loader,
    SiloPeers peers,
    ModelAnnouncement announcement,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan RetirePoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private bool _isUnloading;
    private long _retiredSince;

    /// <summary>Set after the directives changed.</summary>
    public ChangeSignal Changed { get; } = new();

    /// <summary>Follows the changes until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var pause = FirstPause;
        while (await Changed.TryWaitAsync(stop))
        {
            while (!stop.IsCancellationRequested && FindNextStep() is { } step)
            {
                try
                {
                    await step(stop);
                    pause = FirstPause;
                }
                catch (Exception) when (stop.IsCancellationRequested)
                {
                }
                catch (Exception e)
                {
                    LogDisturbed(e, identity, pause.TotalSeconds);
                    await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    pause = pause < LongestPause / 2 ? pause * 2 : LongestPause;
                }
            }
        }
    }

    private Func<CancellationToken, Task>? FindNextStep()
    {
        if (_isUnloading)
        {
            // It is out of the catalog, but its engines may be there yet: until they are gone it cannot be loaded again.
            return UnloadModelAsync;
        }

        var isHere = catalog.Models.Any(m => m.Identity == identity);
        if (directives.Current.IsRetired(identity))
        {
            return isHere ? RetireModelAsync : null;
        }

        return !isHere && loader.FindPlacementToLoad(identity) is not null ? LoadModelAsync : null;
    }

    private async Task LoadModelAsync(CancellationToken cancellationToken)
    {
        if (await loader.TryLoadAsync(identity, cancellationToken))
        {
            await announcement.AnnounceModelsAsync(cancellationToken);
        }
    }

    private async Task RetireModelAsync(CancellationToken cancellationToken)
    {
        _retiredSince = time.GetTimestamp();
        LogRetiring(identity);

        // No request outlives the longest deadline, whatever a silo that does not answer may still have.
        while (!await IsUnusedAsync(cancellationToken) && time.GetElapsedTime(_retiredSince) < Limits.MaxDeadline)
        {
            if (!directives.Current.IsRetired(identity))
            {
                return;
            }

            await Task.Delay(RetirePoll, time, cancellationToken);
        }

        if (directives.Current.IsRetired(identity))
        {
            _isUnloading = true;
            await UnloadModelAsync(cancellationToken);
        }
    }

    private async Task UnloadModelAsync(CancellationToken cancellationToken)
    {
        await host.UnloadAsync(identity, cancellationToken);
        _isUnloading = false;
        LogUnloaded(identity, time.GetElapsedTime(_retiredSince).TotalSeconds);
        await announcement.AnnounceModelsAsync(cancellationToken);
    }

    // Every silo must know that it is retired before its pins count: until then it may still pin requests to it.
    private async Task<bool> IsUnusedAsync(CancellationToken cancellationToken)
    {
        var told = directives.Current;
        var silos = await peers.AskSilosAsync(peers.FindActiveSilos(), (silo, token) => silo.ApplyDirectivesAsync(told, token), cancellationToken);
        return silos.All(s => s is not null
            && s.Directives.IsRetired(identity)
            && s.Models.All(m => m.Identity != identity || m.Pins == 0));
    }

    [LoggerMessage(GrainsEventIds.ModelDisturbed, LogLevel.Error, "Model {Identity} cannot be changed; it is tried again in {Seconds:F0} s")]
    private partial void LogDisturbed(Exception exception, string identity, double seconds);

    [LoggerMessage(GrainsEventIds.ModelRetiring, LogLevel.Information, "Model {Identity} gets no more requests")]
    private partial void LogRetiring(string identity);

    [LoggerMessage(GrainsEventIds.ModelUnloaded, LogLevel.Information, "Model {Identity} is unloaded after {Seconds:F1} s")]
    private partial void LogUnloaded(string identity, double seconds);
}
