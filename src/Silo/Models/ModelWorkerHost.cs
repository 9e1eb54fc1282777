using Microsoft.Extensions.Options;
using Reranker.Grains.Hosting;
using Reranker.Grains.Models;
using Reranker.Inference.Models;
using Reranker.Inference.Workers;
using Reranker.Silo.Hosting;

namespace Reranker.Silo.Models;

/// <summary>Loads the configured model folders at the silo's start: the catalog of all, and workers where there are devices.</summary>
internal sealed partial class ModelWorkerHost(
    IModelRuntime runtime, IOptions<RerankerSiloOptions> options, ILogger<ModelWorkerHost> logger) : IWorkerHost, IModelCatalog
{
    private IReadOnlyList<IScoringWorker> _workers = [];
    private IReadOnlyList<CatalogModel> _models = [];

    /// <inheritdoc/>
    public IReadOnlyList<IScoringWorker> Workers => Volatile.Read(ref _workers);

    /// <inheritdoc/>
    public IReadOnlyList<CatalogModel> Models => Volatile.Read(ref _models);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
        // Hashing gigabytes and building engines is blocking work; the silo's lifecycle must be able to give up on it.
        => Task.Factory.StartNew(
            () => Load(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => runtime.StopAsync(cancellationToken);

    private void Load(CancellationToken cancellationToken)
    {
        var folders = new List<ModelFolder>();
        var models = new List<CatalogModel>();
        foreach (var path in options.Value.Models)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var folder = ModelFolder.Open(path);
            if (models.Exists(m => m.Identity == folder.Manifest.Identity))
            {
                throw new ModelFolderException(folder.Path, "holds a model that another folder of the configuration holds too");
            }

            folders.Add(folder);
            models.Add(new CatalogModel(folder.Manifest, runtime.CreateTokenizer(folder)));
            LogModel(folder.Manifest.Name, folder.Manifest.Precision, folder.Manifest.Identity);
        }

        Volatile.Write(ref _models, models);
        if (options.Value.Workers)
        {
            Volatile.Write(ref _workers, runtime.CreateWorkers(folders, cancellationToken));
        }
    }

    [LoggerMessage(6001, LogLevel.Information, "Model {Name} ({Precision}) has identity {Identity}")]
    private partial void LogModel(string name, string precision, string identity);
}
