using Reranker.Grains.Hosting;
using Reranker.Grains.Models;
using Reranker.Inference.Workers;

namespace Reranker.TestKit.Cluster;

/// <summary>Hands out fake workers, and remembers that it was started and stopped.</summary>
public sealed class FakeWorkerHost(IReadOnlyList<FakeScoringWorker> workers, IReadOnlyList<CatalogModel> models) : IWorkerHost, IModelCatalog
{
    /// <inheritdoc/>
    public IReadOnlyList<IScoringWorker> Workers { get; private set; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<CatalogModel> Models => models;

    /// <summary>True once stopped.</summary>
    public bool IsStopped { get; private set; }

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
}
