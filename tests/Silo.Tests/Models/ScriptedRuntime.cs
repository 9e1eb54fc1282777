using Reranker.Inference.Models;
using Reranker.Inference.Scoring;
using Reranker.Inference.Tokenization;
using Reranker.Silo.Models;
using Reranker.TestKit.Cluster;

namespace Reranker.Silo.Tests.Models;

/// <summary>A runtime without devices that remembers what it made and what it was told to free.</summary>
internal sealed class ScriptedRuntime : IModelRuntime
{
    /// <summary>Tokenizers that were made and not freed.</summary>
    public List<IPairTokenizer> Tokenizers { get; } = [];

    /// <summary>Names of the models that workers serve.</summary>
    public List<string> Served { get; } = [];

    /// <summary>What an attempt to serve one more model throws.</summary>
    public Exception? Fault { get; set; }

    /// <summary>True once stopped.</summary>
    public bool IsStopped { get; private set; }

    public IPairTokenizer CreateTokenizer(ModelFolder model)
    {
        var tokenizer = new FakePairTokenizer();
        Tokenizers.Add(tokenizer);
        return tokenizer;
    }

    public IReadOnlyList<IScoringWorker> CreateWorkers(IReadOnlyList<ModelFolder> models, CancellationToken cancellationToken)
    {
        Served.AddRange(models.Select(m => m.Manifest.Name));
        return [new FakeScoringWorker()];
    }

    public void AddModel(ModelFolder model, CancellationToken cancellationToken)
    {
        if (Fault is { } fault)
        {
            throw fault;
        }

        Served.Add(model.Manifest.Name);
    }

    public Task RemoveModelAsync(string identity, CancellationToken cancellationToken)
    {
        Served.Clear();
        return Task.CompletedTask;
    }

    public void ReleaseTokenizer(IPairTokenizer tokenizer) => Assert.True(Tokenizers.Remove(tokenizer));

    public Task StopAsync(CancellationToken cancellationToken)
    {
        IsStopped = true;
        return Task.CompletedTask;
    }
}
