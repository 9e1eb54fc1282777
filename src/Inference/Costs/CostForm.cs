using System.Text.Json.Serialization;

namespace Reranker.Inference.Costs;

/// <summary>What the time of a batch depends on.</summary>
[JsonConverter(typeof(CostFormConverter))]
public enum CostForm
{
    /// <summary>Pairs run one after another: the sum of their own times.</summary>
    PairSum,

    /// <summary>Pairs are padded to the longest: rows and the longest length.</summary>
    Padded,

    /// <summary>Pairs are packed without padding: all tokens, and the squares of the lengths for attention.</summary>
    Packed,
}
