using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Reranker.Grains.Fleet;
using Reranker.Grains.Logging;
using Reranker.Grains.Models;
using Reranker.Models;

namespace Reranker.Grains.Rollout;

/// <summary>
/// Makes this silo's models what the directives say: loads what is missing, and unloads what is retired when no silo has
/// a request left that is pinned to it. Every silo does so by itself, so no command is lost with the silo that took it.
/// Each identity has one loop, which one other loop starts and which lasts as long as the silo: nothing is loaded twice.
/// A loop takes its signal away before it looks at the directives, so no change falls between two looks.
/// </summary>
internal sealed partial class ModelReconciler(
    DirectivesCell directives,
    IModelCatalog catalog,
    IModelHost host,
    ModelPins pins,
    SiloPeers peers,
    FleetView fleet,
    TimeProvider time,
    ILogger<ModelReconciler> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan RetirePoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // One at a time: engines measure their device while they load.
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Signal _told = new();
    private readonly ConcurrentDictionary<string, (ModelPlacement Placement, string Error)> _failed = new(StringComparer.Ordinal);
    private Task _following = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
        // After the models of the configuration are loaded; stops before they are freed.
        => lifecycle.Subscribe(nameof(ModelReconciler), ServiceLifecycleStage.ApplicationServices + 2, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _loading.Dispose();
    }

    /// <summary>How far this silo is.</summary>
    public SiloModels Describe()
    {
        var told = directives.Current;
        var loaded = catalog.Models;
        return new SiloModels
        {
            Silo = peers.LocalName,
            Directives = told,
            Models =
            [
                .. loaded.Select(m => Describe(m.Identity, m.Name, told.IsRetired(m.Identity) ? ModelPhase.Retiring : ModelPhase.Ready)),
                .. told.Loaded
                    .Where(p => !loaded.Any(m => m.Identity == p.Identity))
                    .Select(p => Describe(p.Identity, p.Name, HasFailed(p) ? ModelPhase.Failed : ModelPhase.Loading)),
            ],
        };
    }

    private SiloModel Describe(string identity, string name, ModelPhase phase) => new()
    {
        Identity = identity,
        Name = name,
        Phase = phase,
        Error = phase == ModelPhase.Failed && _failed.TryGetValue(identity, out var failure) ? failure.Error : null,
        Pins = pins.Count(identity),
    };

    private Task StartAsync(CancellationToken cancellationToken)
    {
        directives.Changed += _told.Set;
        _told.Set();
        _following = Task.Run(() => FollowAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        directives.Changed -= _told.Set;
        await _stop.CancelAsync();
        await _following.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Hands each change on to the loops of the identities that the directives name, and starts those that are missing.
    private async Task FollowAsync(CancellationToken stop)
    {
        var models = new Dictionary<string, (Signal Changed, Task Loop)>(StringComparer.Ordinal);
        while (await HearAsync(_told, stop))
        {
            var told = directives.Current;
            foreach (var identity in told.Loaded.Select(p => p.Identity).Concat(told.Retired))
            {
                if (!models.TryGetValue(identity, out var model))
                {
                    var changed = new Signal();
                    model = (changed, Task.Run(() => ConvergeAsync(identity, changed, stop), CancellationToken.None));
                    models.Add(identity, model);
                }

                model.Changed.Set();
            }
        }

        await Task.WhenAll(models.Values.Select(m => m.Loop));
    }

    private async Task ConvergeAsync(string identity, Signal changed, CancellationToken stop)
    {
        var unload = new Unloading();
        var pause = FirstPause;
        while (await HearAsync(changed, stop))
        {
            while (!stop.IsCancellationRequested && NextStep(identity, unload) is { } step)
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

    private static async Task<bool> HearAsync(Signal signal, CancellationToken stop)
    {
        try
        {
            await signal.WaitAsync(stop);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private Func<CancellationToken, Task>? NextStep(string identity, Unloading unload)
    {
        if (unload.HasBegun)
        {
            // It is out of the catalog, but its engines may be there yet: until they are gone it cannot be loaded again.
            return token => UnloadAsync(identity, unload, token);
        }

        var isHere = catalog.Models.Any(m => m.Identity == identity);
        if (directives.Current.IsRetired(identity))
        {
            return isHere ? token => RetireAsync(identity, unload, token) : null;
        }

        return !isHere && Wanted(identity) is not null ? token => LoadAsync(identity, token) : null;
    }

    private ModelPlacement? Wanted(string identity)
        => Array.Find(directives.Current.Loaded, p => p.Identity == identity) is { } placement && !HasFailed(placement) ? placement : null;

    // By content: under one revision two silos may have been told two things.
    private bool HasFailed(ModelPlacement placement) => _failed.TryGetValue(placement.Identity, out var failure) && failure.Placement == placement;

    private async Task LoadAsync(string identity, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            // Others were loaded meanwhile, and this one may not be wanted any more.
            if (Wanted(identity) is not { } placement)
            {
                return;
            }

            var start = time.GetTimestamp();
            LogLoading(placement.Name, identity, placement.Folder);
            try
            {
                await host.LoadAsync(placement, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                _failed[identity] = (placement, e.Message);
                LogFailed(e, placement.Name, identity, placement.Folder);
                return;
            }

            LogLoaded(placement.Name, identity, time.GetElapsedTime(start).TotalSeconds);
        }
        finally
        {
            _loading.Release();
        }

        await AnnounceAsync(cancellationToken);
    }

    private async Task RetireAsync(string identity, Unloading unload, CancellationToken cancellationToken)
    {
        unload.Since = time.GetTimestamp();
        LogRetiring(identity);

        // No request outlives the longest deadline, whatever a silo that does not answer may still have.
        while (!await IsUnusedAsync(identity, cancellationToken) && time.GetElapsedTime(unload.Since) < Limits.MaxDeadline)
        {
            if (!directives.Current.IsRetired(identity))
            {
                return;
            }

            await Task.Delay(RetirePoll, time, cancellationToken);
        }

        if (directives.Current.IsRetired(identity))
        {
            unload.HasBegun = true;
            await UnloadAsync(identity, unload, cancellationToken);
        }
    }

    private async Task UnloadAsync(string identity, Unloading unload, CancellationToken cancellationToken)
    {
        await host.UnloadAsync(identity, cancellationToken);
        unload.HasBegun = false;
        LogUnloaded(identity, time.GetElapsedTime(unload.Since).TotalSeconds);
        await AnnounceAsync(cancellationToken);
    }

    // Every silo must know that it is retired before its pins count: until then it may still pin requests to it.
    private async Task<bool> IsUnusedAsync(string identity, CancellationToken cancellationToken)
    {
        var told = directives.Current;
        var silos = await peers.AskAsync(peers.Active(), (silo, token) => silo.ApplyAsync(told, token), cancellationToken);
        return silos.All(s => s is not null
            && s.Directives.IsRetired(identity)
            && s.Models.All(m => m.Identity != identity || m.Pins == 0));
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        await fleet.DescribeAsync(peers.Local, cancellationToken);
        var me = peers.Local.ToParsableString();
        await peers.AskAsync(
            peers.Active().Where(s => !s.Equals(peers.Local)),
            async (silo, token) =>
            {
                await silo.LearnAsync(me, token);
                return me;
            },
            cancellationToken);
    }

    [LoggerMessage(GrainsEventIds.ModelLoading, LogLevel.Information, "Loading model {Name}, {Identity}, from {Folder}")]
    private partial void LogLoading(string name, string identity, string folder);

    [LoggerMessage(GrainsEventIds.ModelLoaded, LogLevel.Information, "Model {Name}, {Identity}, is ready after {Seconds:F1} s")]
    private partial void LogLoaded(string name, string identity, double seconds);

    [LoggerMessage(GrainsEventIds.ModelFailed, LogLevel.Error, "Model {Name}, {Identity}, cannot be loaded from {Folder}")]
    private partial void LogFailed(Exception exception, string name, string identity, string folder);

    [LoggerMessage(GrainsEventIds.ModelDisturbed, LogLevel.Error, "Model {Identity} could not be changed; it is tried again in {Seconds:F0} s")]
    private partial void LogDisturbed(Exception exception, string identity, double seconds);

    [LoggerMessage(GrainsEventIds.ModelRetiring, LogLevel.Information, "Model {Identity} gets no more requests")]
    private partial void LogRetiring(string identity);

    [LoggerMessage(GrainsEventIds.ModelUnloaded, LogLevel.Information, "Model {Identity} is unloaded after {Seconds:F1} s")]
    private partial void LogUnloaded(string identity, double seconds);

    /// <summary>How far the loop of an identity is with unloading it.</summary>
    private sealed class Unloading
    {
        public bool HasBegun { get; set; }

        public long Since { get; set; }
    }
}
