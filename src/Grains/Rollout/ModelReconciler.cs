using Microsoft.Extensions.Logging;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Models;

namespace Reranker.Grains.Rollout;

/// <summary>
/// Makes this silo's models what the directives say. Every silo does so by itself, so no command is lost with the silo that
/// took it. Each identity has one <see cref="ModelLoop"/>, which one other loop starts and which lasts as long as the silo:
/// nothing is loaded twice. A loop takes its signal away before it looks at the directives, so no change falls between two looks.
/// </summary>
internal sealed class ModelReconciler : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly DirectiveStore _directives;
    private readonly IModelCatalog _catalog;
    private readonly ModelPins _pins;
    private readonly SiloPeers _peers;
    private readonly ModelLoader _loader;
    private readonly Func<string, ModelLoop> _createLoop;
    private readonly CancellationTokenSource _stop = new();
    private readonly ChangeSignal _told = new();
    private Task _following = Task.CompletedTask;

    public ModelReconciler(
        DirectiveStore directives,
        IModelCatalog catalog,
        IModelHost host,
        ModelPins pins,
        SiloPeers peers,
        FleetView fleet,
        TimeProvider time,
        ILogger<ModelReconciler> logger)
    {
        (_directives, _catalog, _pins, _peers) = (directives, catalog, pins, peers);
        _loader = new ModelLoader(directives, host, time, logger);
        var announcement = new ModelAnnouncement(peers, fleet);
        _createLoop = identity => new ModelLoop(identity, directives, catalog, host, _loader, peers, announcement, time, logger);
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
        // After the models of the configuration are loaded; stops before they are freed.
        => lifecycle.Subscribe(nameof(ModelReconciler), ServiceLifecycleStage.ApplicationServices + 2, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _loader.Dispose();
    }

    /// <summary>How far this silo is.</summary>
    public SiloModels DescribeModels()
    {
        var told = _directives.Current;
        var loaded = _catalog.Models;
        return new SiloModels
        {
            Silo = _peers.LocalName,
            Directives = told,
            Models =
            [
                .. loaded.Select(m => DescribeModel(m.Identity, m.Name, told.IsRetired(m.Identity) ? ModelPhase.Retiring : ModelPhase.Ready, error: null)),
                .. told.Loaded
                    .Where(p => !loaded.Any(m => m.Identity == p.Identity))
                    .Select(p => _loader.FindFailure(p) is { } error
                        ? DescribeModel(p.Identity, p.Name, ModelPhase.Failed, error)
                        : DescribeModel(p.Identity, p.Name, ModelPhase.Loading, error: null)),
            ],
        };
    }

    private SiloModel DescribeModel(string identity, string name, ModelPhase phase, string? error) => new()
    {
        Identity = identity,
        Name = name,
        Phase = phase,
        Error = error,
        Pins = _pins.CountPins(identity),
    };

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _directives.Changed += _told.Set;
        _told.Set();
        _following = Task.Run(() => FollowDirectivesAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        _directives.Changed -= _told.Set;
        await _stop.CancelAsync();
        await _following.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Hands each change on to the loops of the identities that the directives name, and starts those that are missing.
    private async Task FollowDirectivesAsync(CancellationToken stop)
    {
        var loops = new Dictionary<string, (ModelLoop Loop, Task Running)>(StringComparer.Ordinal);
        while (await _told.TryWaitAsync(stop))
        {
            var told = _directives.Current;
            foreach (var identity in told.Loaded.Select(p => p.Identity).Concat(told.Retired))
            {
                if (!loops.TryGetValue(identity, out var model))
                {
                    var loop = _createLoop(identity);
                    model = (loop, Task.Run(() => loop.RunAsync(stop), CancellationToken.None));
                    loops.Add(identity, model);
                }

                model.Loop.Changed.Set();
            }
        }

        await Task.WhenAll(loops.Values.Select(m => m.Running));
    }
}
