using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Scripted;

namespace Reranker.TestKit.Engines;

/// <summary>Engines that need no model.</summary>
public static class TestEngines
{
    /// <summary>Identity of the model that <see cref="Describe"/> describes.</summary>
    public const string Identity = "test-identity";

    /// <summary>A description of a small model on one lane.</summary>
    public static EngineDescription Describe(
        int maxPairTokens = 512, int maxBatchPairs = 64, int maxBatchTokens = 8192, int lanes = 1, string identity = Identity) => new()
        {
            ModelName = "test",
            ModelIdentity = identity,
            Precision = "fp32",
            ExecutionProvider = "Scripted",
            Device = "test",
            RuntimeVersion = "none",
            MaxPairTokens = maxPairTokens,
            VocabularySize = 10_000,
            MaxBatchPairs = maxBatchPairs,
            MaxBatchTokens = maxBatchTokens,
            Lanes = lanes,
        };

    /// <summary>A scripted engine that takes no time unless the script says so.</summary>
    public static ScriptedEngine Scripted(ScriptedEngineOptions? script = null, TimeProvider? time = null)
        => new(script ?? Instant, Describe(), time ?? TimeProvider.System);

    /// <summary>A script without delays.</summary>
    public static ScriptedEngineOptions Instant { get; } = new() { TokensPerSecond = 0, BatchTime = TimeSpan.Zero };
}
