using System.Collections.Concurrent;
using System.Collections.Immutable;
using Reranker.Grains.Models;
using Reranker.Inference.Models;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Rollout.Fakes;

/// <summary>Loads models in no time, and counts loads of what is loaded or loading already.</summary>
internal sealed class CountingHost : IModelHost, IModelCatalog
{
    private readonly ConcurrentDictionary<string, bool> _busy = new();
    private ImmutableList<CatalogModel> _models = [];
    private int _twice;
    private int _loads;

    /// <summary>Loads of a model that was there, or that another load was at.</summary>
    public int Twice => Volatile.Read(ref _twice);

    /// <summary>All loads.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>What an unload does first.</summary>
    public Action<string> Unloading { get; set; } = static _ => { };

    /// <summary>What a load does first.</summary>
    public Action<ModelPlacement> Loading { get; set; } = static _ => { };

    public string? DefaultName => null;

    public IReadOnlyList<CatalogModel> Models => Volatile.Read(ref _models);

    public ModelManifest ReadManifest(string folder) => throw new NotSupportedException();

    public async Task LoadAsync(ModelPlacement placement, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        if (!_busy.TryAdd(placement.Identity, true) || Models.Any(m => m.Identity == placement.Identity))
        {
            Interlocked.Increment(ref _twice);
        }

        try
        {
            Loading(placement);
            await Task.Yield();
            ImmutableInterlocked.Update(ref _models, static (all, added) => all.Add(added), new FakeModel(placement.Name, placement.Identity).ToCatalog());
        }
        finally
        {
            _busy.TryRemove(placement.Identity, out _);
        }
    }

    public Task UnloadAsync(string identity, CancellationToken cancellationToken)
    {
        ImmutableInterlocked.Update(ref _models, static (all, gone) => all.RemoveAll(m => m.Identity == gone), identity);
        Unloading(identity);
        return Task.CompletedTask;
    }
}
