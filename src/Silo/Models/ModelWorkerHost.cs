using Microsoft.Extensions.Options;
using Reranker.Grains.Models;
using Reranker.Grains.Workers;
using Reranker.Inference.Models;
using Reranker.Inference.Scoring;
using Reranker.Silo.Logging;
using Reranker.Silo.Settings;

namespace Reranker.Silo.Models;

/// <summary>
/// The models of a silo: those of the configuration from its start, others as they are loaded and unloaded; each has its
/// tokenizer in the catalog, and engines on the workers where there are devices.
/// </summary>
internal sealed partial class ModelWorkerHost(
    IModelRuntime runtime, IOptions<RerankerSiloOptions> options, ILogger<ModelWorkerHost> logger) : IWorkerHost, IModelCatalog, IModelHost
{
    private readonly Lock _change = new();
    private IReadOnlyList<IScoringWorker> _workers = [];
    private IReadOnlyList<CatalogModel> _models = [];
    private string? _defaultName;

    /// <inheritdoc/>
    public IReadOnlyList<IScoringWorker> Workers => Volatile.Read(ref _workers);

    /// <inheritdoc/>
    public IReadOnlyList<CatalogModel> Models => Volatile.Read(ref _models);

    /// <inheritdoc/>
    public string? DefaultName => Volatile.Read(ref _defaultName);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => RunOnThreadAsync(() => LoadAll(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => runtime.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ModelManifest ReadManifest(string folder)
    {
        var path = new ModelsRoot(options.Value.ModelsRoot).ResolveFolder(folder);
        var manifest = ModelFolder.ReadManifest(path);
        if (manifest.Precisions is not { } several)
        {
            return manifest;
        }

        // Whoever loads it on the others needs one identity now, before any engine has tried.
        var asked = options.Value.Precision ?? throw new ModelFolderException(
            folder, $"holds {string.Join(", ", several.Select(p => p.Precision))}; Reranker:Precision must say which one is loaded");
        return several.FirstOrDefault(p => p.Precision == asked) is { } one
            ? manifest.SelectPrecision(one)
            : throw new ModelFolderException(folder, $"holds {string.Join(", ", several.Select(p => p.Precision))} and not {asked}");
    }

    /// <inheritdoc/>
    public Task LoadAsync(ModelPlacement placement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(placement);
        return RunOnThreadAsync(() => LoadModel(placement, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task UnloadAsync(string identity, CancellationToken cancellationToken)
    {
        CatalogModel? removed;
        lock (_change)
        {
            removed = _models.FirstOrDefault(m => m.Identity == identity);
            Volatile.Write(ref _models, [.. _models.Where(m => m.Identity != identity)]);
        }

        try
        {
            await runtime.RemoveModelAsync(identity, cancellationToken);
        }
        finally
        {
            if (removed is not null)
            {
                runtime.ReleaseTokenizer(removed.Tokenizer);
            }
        }
    }

    // Hashing gigabytes and building engines is blocking work; the silo's lifecycle must be able to give up on it.
    private static Task RunOnThreadAsync(Action load, CancellationToken cancellationToken)
        => Task.Factory.StartNew(load, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void LoadAll(CancellationToken cancellationToken)
    {
        var folders = new List<ModelFolder>();
        foreach (var (name, path) in options.Value.Models)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var folder = ModelFolder.Open(path);
            folder = RerankerSiloOptions.IsPosition(name) ? folder : folder.WithName(name);
            folder = options.Value.FindPrecision(name) is { } precision ? folder.WithPrecision(precision) : folder;
            if (folders.Exists(f => f.Manifest.Identity == folder.Manifest.Identity))
            {
                throw new ModelFolderException(folder.Path, "holds a model that another folder of the configuration holds too");
            }

            folders.Add(folder);
        }

        var chosen = options.Value.DefaultModel ?? folders[0].Manifest.Name;
        if (!folders.Exists(f => f.Manifest.Name == chosen))
        {
            throw new ModelFolderException(chosen, "is the default model by name, and none of the configured models has that name");
        }

        Volatile.Write(ref _defaultName, chosen);
        var workers = options.Value.Workers ? runtime.CreateWorkers(folders, cancellationToken) : [];
        folders = [.. folders.Select(f => FindServed(f, workers))];
        folders.ForEach(f => LogModel(f.Manifest.Name, f.Manifest.Precision, f.Manifest.Identity));
        Volatile.Write(ref _models, [.. folders.Select(f => new CatalogModel(f.Manifest, runtime.CreateTokenizer(f)))]);
        Volatile.Write(ref _workers, workers);
    }

    // Which of several precisions a model became is known when its engines are loaded.
    private static ModelFolder FindServed(ModelFolder folder, IReadOnlyList<IScoringWorker> workers) => folder.ListPrecisions() is [var one]
        ? one
        : folder.ListPrecisions().First(f => workers.Any(w => w.Engines.Any(e => e.ModelIdentity == f.Manifest.Identity)));

    private void LoadModel(ModelPlacement placement, CancellationToken cancellationToken)
    {
        var opened = ModelFolder.Open(new ModelsRoot(options.Value.ModelsRoot).ResolveFolder(placement.Folder)).WithName(placement.Name);
        var folder = opened.ListPrecisions().FirstOrDefault(f => f.Manifest.Identity == placement.Identity)
            ?? throw new ModelFolderException(opened.Path, $"holds {opened.Manifest.Identity} here, not {placement.Identity}");

        var tokenizer = runtime.CreateTokenizer(folder);
        try
        {
            runtime.AddModel(folder, cancellationToken);
        }
        catch
        {
            runtime.ReleaseTokenizer(tokenizer);
            throw;
        }

        lock (_change)
        {
            Volatile.Write(ref _models, [.. _models, new CatalogModel(folder.Manifest, tokenizer)]);
        }
    }

    [LoggerMessage(SiloEventIds.ModelFound, LogLevel.Information, "Model {Name} ({Precision}) has identity {Identity}")]
    private partial void LogModel(string name, string precision, string identity);
}
