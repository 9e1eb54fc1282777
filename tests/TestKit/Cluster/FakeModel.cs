using Reranker.Grains.Models;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;

namespace Reranker.TestKit.Cluster;

/// <summary>A model by name and identity, for clusters without engines.</summary>
public sealed record FakeModel(string Name, string Identity, string Precision = "fp32", int MaxPairTokens = 512, int Vocabulary = 70_000)
{
    /// <summary>The model of tests that need only one.</summary>
    public static FakeModel Default { get; } = new("mini", "1111");

    /// <summary>What an engine of it says.</summary>
    public EngineDescription Describe() => new()
    {
        ModelName = Name,
        ModelIdentity = Identity,
        Precision = Precision,
        ExecutionProvider = "Fake",
        Device = "fake device",
        RuntimeVersion = "none",
        MaxPairTokens = MaxPairTokens,
        VocabularySize = Vocabulary,
        MaxBatchPairs = 64,
        MaxBatchTokens = 8192,
        Lanes = 1,
    };

    /// <summary>What a catalog knows of it.</summary>
    public CatalogModel ToCatalog() => new(
        new ModelManifest
        {
            Format = ModelManifest.CurrentFormat,
            Name = Name,
            Identity = Identity,
            Precision = Precision,
            Shape = new ModelShape
            {
                Layers = 1,
                Hidden = 8,
                Heads = 1,
                FeedForward = 8,
                Vocabulary = Vocabulary,
                Positions = MaxPairTokens + 2,
                LayerNormEpsilon = 1e-5f,
            },
            MaxPairTokens = MaxPairTokens,
            Opset = 17,
            Probes = [],
            Graphs = new Dictionary<string, string>(),
            Weights = "weights",
            Tokenizer = "tokenizer",
            Files = [],
            Source = [],
            Tool = "test",
        },
        new FakePairTokenizer());
}
