using Reranker.Inference.Models;
using Reranker.Inference.Scoring;
using Reranker.Inference.Tokenization;

namespace Reranker.Silo.Models;

/// <summary>Makes what a model needs to run: its tokenizer, and workers with its engine. Owns what it made.</summary>
public interface IModelRuntime
{
    /// <summary>Loads the tokenizer of a model. Blocks while it reads.</summary>
    /// <exception cref="ModelFolderException">The tokenizer's file cannot be used.</exception>
    IPairTokenizer CreateTokenizer(ModelFolder model);

    /// <summary>
    /// Creates one worker a device, with ordinals from 0, each serving every model. Blocks until all engines are loaded,
    /// checked and warm.
    /// </summary>
    /// <exception cref="ModelFolderException">A model cannot be run.</exception>
    IReadOnlyList<IScoringWorker> CreateWorkers(IReadOnlyList<ModelFolder> models, CancellationToken cancellationToken);

    /// <summary>Has every worker serve one more model. Blocks until its engines are loaded, checked and warm.</summary>
    /// <exception cref="ModelFolderException">The model cannot be run; no worker serves it.</exception>
    void AddModel(ModelFolder model, CancellationToken cancellationToken);

    /// <summary>Has no worker serve a model any more: what is queued is done, then its engines are freed.</summary>
    Task RemoveModelAsync(string identity, CancellationToken cancellationToken);

    /// <summary>Frees a tokenizer that nobody uses any more.</summary>
    void ReleaseTokenizer(IPairTokenizer tokenizer);

    /// <summary>Drains the workers and frees engines, devices and tokenizer threads.</summary>
    /// <param name="cancellationToken">Cancelled when queued work is to be given up.</param>
    Task StopAsync(CancellationToken cancellationToken);
}
