using Reranker.Inference.Costs;
using Reranker.Inference.Engines;

namespace Reranker.Simulation.Cards;

/// <summary>A kind of GPU: what an engine on it says of itself, and what its batches cost.</summary>
internal sealed class Card
{
    private readonly CostTable _table;

    private Card(string name, CostTable table, int maxBatchTokens)
    {
        (Name, _table) = (name, table);
        Engine = new EngineDescription
        {
            ModelName = "model",
            ModelIdentity = Identity,
            Precision = "fp16",
            ExecutionProvider = "Simulated",
            Device = name,
            RuntimeVersion = "none",
            MaxPairTokens = 512,
            VocabularySize = 250_002,
            MaxBatchPairs = 256,
            MaxBatchTokens = maxBatchTokens,
            Lanes = 1,
        };
    }

    /// <summary>Identity of the one model that the simulated fleet serves.</summary>
    public const string Identity = "simulated";

    /// <summary>Its short name.</summary>
    public string Name { get; }

    /// <summary>What the engine on it is.</summary>
    public EngineDescription Engine { get; }

    /// <summary>An H100 as it was measured with the CUDA engine and its default batches.</summary>
    public static Card H100() => Load("h100", "measured: H100, bge-reranker-v2-m3 FP16 packed", maxBatchTokens: 8_192);

    /// <summary>An A10G as its data sheet has it.</summary>
    public static Card A10G() => Load("a10g", "modelled: A10G, bge-reranker-v2-m3 FP16 packed", maxBatchTokens: 16_384);

    private static Card Load(string name, string key, int maxBatchTokens)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Cards", $"{name}.json");
        var table = CostTable.TryLoad(path, key) ?? throw new FileNotFoundException($"There is no cost table for '{name}'.", path);
        return new Card(name, table, maxBatchTokens);
    }

    /// <summary>A cost model that starts from the table and learns.</summary>
    public ICostModel NewCostModel() => CostModels.Create(_table, Engine.ToCostLimits());
}
