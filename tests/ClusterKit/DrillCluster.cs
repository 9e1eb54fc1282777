using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;
using Reranker.ClusterKit.Traffic;

namespace Reranker.ClusterKit;

/// <summary>Three silos of two workers and two gateways that the drills share; every drill leaves them whole.</summary>
public sealed class DrillCluster : IAsyncLifetime
{
    private readonly ScriptedModel _model = new();
    private MembershipServer? _store;
    private ProcessCluster? _cluster;
    private KnownScores? _scores;

    public MembershipServer Store => _store!;

    public ProcessCluster Cluster => _cluster!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts what is not running; the test is skipped where there is no membership store.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_cluster is not null)
        {
            return;
        }

        _store = MembershipServer.CreateAny();
        await _model.InitializeAsync();
        await _store.StartAsync(cancellationToken);
        _scores = await KnownScores.CreateAsync(_model.Folder, cancellationToken);
        _cluster = new ProcessCluster(_store, _model.Folder);
        await _cluster.StartAsync(silos: 3, gateways: 2, cancellationToken);
    }

    /// <summary>Starts what is not running, and load on all gateways; some of it has right answers already.</summary>
    public async Task<Load> LoadAsync(CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        var load = Load.Start(Cluster.Gateways, _scores!);
        try
        {
            await load.MoreAsync(30, cancellationToken);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        await _model.DisposeAsync();
    }
}
