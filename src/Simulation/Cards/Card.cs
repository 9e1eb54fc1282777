using Reranker.Inference.Costs;
using Reranker.Inference.Engines;

namespace Reranker.Simulation.Cards;

/// <summary>A kind of GPU: what an engine on it says of itself, and what its batches cost.</summary>
internal sealed class Card
{
    private readonly CardCosts _costs;

    private Card(CardCosts costs)
    {
        _costs = costs;
        Engine = new EngineDescription
        {
            ModelName = "model",
            ModelIdentity = Identity,
            Precision = costs.Precision,
            ExecutionProvider = "Simulated",
            Device = costs.Device,
            RuntimeVersion = "none",
            MaxPairTokens = costs.MaxPairTokens,
            VocabularySize = 250_002,
            MaxBatchPairs = costs.MaxBatchPairs,
            MaxBatchTokens = costs.MaxBatchTokens,
            Lanes = costs.Lanes,
        };
    }

    /// <summary>Identity of the one model that the simulated fleet serves.</summary>
    public const string Identity = "simulated";

    /// <summary>An H100 as it was measured with the CUDA engine and its default batches.</summary>
    public static Card H100 { get; } = FromCosts(BuiltInCosts.Load("h100-fp16"));

    /// <summary>An A10G as its data sheet has it.</summary>
    public static Card A10G { get; } = FromCosts(BuiltInCosts.Load("a10g-fp16"));

    /// <summary>What the engine on it is.</summary>
    public EngineDescription Engine { get; }

    /// <summary>A card of that kind.</summary>
    public static Card FromCosts(CardCosts costs) => new(costs);

    /// <summary>A cost model that starts from the table and learns.</summary>
    public ICostModel CreateCostModel() => CostModels.Create(_costs.Table, Engine.ToCostLimits());
}
