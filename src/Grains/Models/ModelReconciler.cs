using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Reranker.Grains.Fleet;
using Reranker.Grains.Telemetry;
using Reranker.Models;

namespace Reranker.Grains.Models;

/// <summary>
/// Makes this silo's models what the directives say: loads what is missing, and unloads what is retired when no silo has
/// a request left that is pinned to it. Every silo does so by itself, so no command is lost with the silo that took it.
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
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // One at a time: engines measure their device while they load.
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (long Revision, string Error)> _failed = new(StringComparer.Ordinal);

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
        directives.Changed += Reconcile;
        Reconcile();
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        directives.Changed -= Reconcile;
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Reconcile()
    {
        var told = directives.Current;
        foreach (var identity in told.Loaded.Select(p => p.Identity).Concat(told.Retired))
        {
            Ensure(identity);
        }
    }

    // One loop an identity. It takes its entry out before it looks a last time, so that no change falls between two.
    private void Ensure(string identity)
        => _running.GetOrAdd(identity, static (id, self) => Task.Run(() => self.ConvergeAsync(id)), this);

    private async Task ConvergeAsync(string identity)
    {
        while (!_stop.IsCancellationRequested && NextStep(identity) is { } step)
        {
            try
            {
                await step(_stop.Token);
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                LogDisturbed(e, identity);
                await Task.Delay(Pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
            }
        }

        _running.TryRemove(identity, out _);
        if (!_stop.IsCancellationRequested && NextStep(identity) is not null)
        {
            Ensure(identity);
        }
    }

    private Func<CancellationToken, Task>? NextStep(string identity)
    {
        var told = directives.Current;
        var isHere = catalog.Models.Any(m => m.Identity == identity);
        if (told.IsRetired(identity))
        {
            return isHere ? token => RetireAsync(identity, token) : null;
        }

        return !isHere && Array.Find(told.Loaded, p => p.Identity == identity) is { } placement && !HasFailed(placement)
            ? token => LoadAsync(placement, token)
            : null;
    }

    private bool HasFailed(ModelPlacement placement)
        => _failed.TryGetValue(placement.Identity, out var failure) && failure.Revision >= placement.Revision;

    private async Task LoadAsync(ModelPlacement placement, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            var start = time.GetTimestamp();
            LogLoading(placement.Name, placement.Identity, placement.Folder);
            await host.LoadAsync(placement, cancellationToken);
            LogLoaded(placement.Name, placement.Identity, time.GetElapsedTime(start).TotalSeconds);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _failed[placement.Identity] = (placement.Revision, e.Message);
            LogFailed(e, placement.Name, placement.Identity, placement.Folder);
            return;
        }
        finally
        {
            _loading.Release();
        }

        await AnnounceAsync(cancellationToken);
    }

    private async Task RetireAsync(string identity, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        LogRetiring(identity);

        // No request outlives the longest deadline, whatever a silo that does not answer may still have.
        while (!await IsUnusedAsync(identity, cancellationToken) && time.GetElapsedTime(start) < Limits.MaxDeadline)
        {
            if (!directives.Current.IsRetired(identity))
            {
                return;
            }

            await Task.Delay(RetirePoll, time, cancellationToken);
        }

        await host.UnloadAsync(identity, cancellationToken);
        LogUnloaded(identity, time.GetElapsedTime(start).TotalSeconds);
        await AnnounceAsync(cancellationToken);
    }

    // Every silo must know that it is retired before its pins count: until then it may still pin requests to it.
    private async Task<bool> IsUnusedAsync(string identity, CancellationToken cancellationToken)
    {
        var told = directives.Current;
        var silos = await peers.AskAsync(peers.Active(), (silo, token) => silo.ApplyAsync(told, token), cancellationToken);
        return silos.All(s => s is not null
            && s.Directives.Revision >= told.Revision
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

    [LoggerMessage(EventIds.ModelLoading, LogLevel.Information, "Loading model {Name}, {Identity}, from {Folder}")]
    private partial void LogLoading(string name, string identity, string folder);

    [LoggerMessage(EventIds.ModelLoaded, LogLevel.Information, "Model {Name}, {Identity}, is ready after {Seconds:F1} s")]
    private partial void LogLoaded(string name, string identity, double seconds);

    [LoggerMessage(EventIds.ModelFailed, LogLevel.Error, "Model {Name}, {Identity}, cannot be loaded from {Folder}")]
    private partial void LogFailed(Exception exception, string name, string identity, string folder);

    [LoggerMessage(EventIds.ModelDisturbed, LogLevel.Error, "Model {Identity} could not be changed; it is tried again")]
    private partial void LogDisturbed(Exception exception, string identity);

    [LoggerMessage(EventIds.ModelRetiring, LogLevel.Information, "Model {Identity} gets no more requests")]
    private partial void LogRetiring(string identity);

    [LoggerMessage(EventIds.ModelUnloaded, LogLevel.Information, "Model {Identity} is unloaded after {Seconds:F1} s")]
    private partial void LogUnloaded(string identity, double seconds);
}
