using Reranker.Grains.Models;
using Reranker.Grains.Workers;
using Reranker.Inference.Models;
using Reranker.Inference.Scoring;

namespace Reranker.TestKit.Cluster;

/// <summary>
/// Hands out fake workers, and remembers that it was started and stopped. Models come from a shelf of fakes, by the name
/// of their folder.
/// </summary>
public sealed class FakeWorkerHost(
    IReadOnlyList<FakeScoringWorker> workers, IReadOnlyList<CatalogModel> models, IReadOnlyDictionary<string, FakeModel>? shelf = null)
    : IWorkerHost, IModelCatalog, IModelHost
{
    private readonly Lock _change = new();
    private IReadOnlyList<CatalogModel> _models = models;

    /// <inheritdoc/>
    public IReadOnlyList<IScoringWorker> Workers { get; private set; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<CatalogModel> Models => Volatile.Read(ref _models);

    /// <inheritdoc/>
    public string? DefaultName { get; } = models.Count > 0 ? models[0].Name : null;

    /// <summary>True once stopped.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>What happens before a model counts as loaded.</summary>
    public Func<ModelPlacement, Task> Loading { get; set; } = _ => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Workers = workers;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        IsStopped = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ModelManifest ReadManifest(string folder) => Find(folder).ToCatalog().Manifest;

    /// <inheritdoc/>
    public async Task LoadAsync(ModelPlacement placement, CancellationToken cancellationToken)
    {
        var model = Find(placement.Folder) with { Name = placement.Name };
        await Loading(placement).WaitAsync(cancellationToken);
        lock (_change)
        {
            foreach (var worker in workers)
            {
                worker.ServeAlso(model);
            }

            Volatile.Write(ref _models, [.. _models, model.ToCatalog()]);
        }
    }

    /// <inheritdoc/>
    public Task UnloadAsync(string identity, CancellationToken cancellationToken)
    {
        lock (_change)
        {
            foreach (var worker in workers)
            {
                worker.ServeNoMore(identity);
            }

            Volatile.Write(ref _models, [.. _models.Where(m => m.Identity != identity)]);
        }

        return Task.CompletedTask;
    }

    private FakeModel Find(string folder)
        => shelf is not null && shelf.TryGetValue(folder, out var model) ? model : throw new ModelFolderException(folder, "there is no such folder");
}
