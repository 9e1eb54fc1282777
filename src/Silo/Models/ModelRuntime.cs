using Microsoft.Extensions.Options;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Scoring;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Inference.Workers;
using Reranker.Silo.Settings;

namespace Reranker.Silo.Models;

/// <summary>Tokenizers, and one worker a device with an engine for each model.</summary>
internal sealed class ModelRuntime(
    IOptions<RerankerSiloOptions> options, EngineFactory factory, ILoggerFactory loggers, TimeProvider time) : IModelRuntime, IAsyncDisposable
{
    private readonly WorkerGroup _group = new();
    private readonly List<ScoringWorker> _workers = [];
    private readonly List<PairTokenizer> _tokenizers = [];

    /// <inheritdoc/>
    public IPairTokenizer CreateTokenizer(ModelFolder model)
    {
        var settings = new TokenizerOptions();
        if (options.Value.TokenizerThreads is { } threads)
        {
            settings = settings with { Threads = threads };
        }

        var tokenizer = new PairTokenizer(TextTokenizers.Load(model), settings, time);
        lock (_tokenizers)
        {
            _tokenizers.Add(tokenizer);
        }

        return tokenizer;
    }

    /// <inheritdoc/>
    public void ReleaseTokenizer(IPairTokenizer tokenizer)
    {
        var known = (PairTokenizer)tokenizer;
        lock (_tokenizers)
        {
            _tokenizers.Remove(known);
        }

        known.Dispose();
    }

    /// <inheritdoc/>
    public IReadOnlyList<IScoringWorker> CreateWorkers(IReadOnlyList<ModelFolder> models, CancellationToken cancellationToken)
    {
        var devices = new DeviceEngines(factory).LoadOnAllDevices(models, options.Value.Engines, cancellationToken);
        try
        {
            foreach (var engines in devices)
            {
                _workers.Add(new ScoringWorker(
                    _workers.Count, engines, options.Value.Batching, _group, time, loggers.CreateLogger<ScoringWorker>()));
            }
        }
        catch
        {
            // The workers that there are have theirs.
            foreach (var engine in devices.Skip(_workers.Count).SelectMany(engines => engines))
            {
                engine.Dispose();
            }

            throw;
        }

        return [.. _workers];
    }

    /// <inheritdoc/>
    public void AddModel(ModelFolder model, CancellationToken cancellationToken)
    {
        if (_workers.Count == 0)
        {
            // Without devices the tokenizer is all there is to a model.
            return;
        }

        var devices = new DeviceEngines(factory).LoadOnAllDevices([model], options.Value.Engines, cancellationToken);
        IInferenceEngine[] engines = [.. devices.Select(d => d[0])];
        if (engines.Length != _workers.Count)
        {
            Array.ForEach(engines, e => e.Dispose());
            throw new ModelFolderException(model.Path, $"runs on {engines.Length} devices here, and there are {_workers.Count} workers");
        }

        var added = 0;
        try
        {
            for (; added < engines.Length; added++)
            {
                _workers[added].AddModel(engines[added]);
            }
        }
        catch
        {
            // It has served nobody: the catalog does not have it yet.
            Array.ForEach(engines[added..], e => e.Dispose());
            Task.WaitAll(_workers[..added].Select(w => w.RemoveModelAsync(model.Manifest.Identity, CancellationToken.None)), CancellationToken.None);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task RemoveModelAsync(string identity, CancellationToken cancellationToken)
        => Task.WhenAll(_workers.Select(w => w.RemoveModelAsync(identity, cancellationToken)));

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_workers.Select(w => w.DrainAsync(cancellationToken)))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        _workers.Clear();
        _tokenizers.ForEach(t => t.Dispose());
        _tokenizers.Clear();
    }
}
