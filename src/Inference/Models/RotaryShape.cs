using System.Text.Json.Serialization;

namespace Reranker.Inference.Models;

/// <summary>
/// What an encoder has in place of a position table and of XLM-RoBERTa's layers: rotary positions, local windows, a gated feed-forward, and
/// normalization before a sublayer or behind it.
/// </summary>
public sealed record RotaryShape
{
    /// <summary>Base of the angles in layers that see the whole pair.</summary>
    public required double GlobalBase { get; init; }

    /// <summary>Base of the angles in the other layers.</summary>
    public required double LocalBase { get; init; }

    /// <summary>How far a token of a local layer sees to either side.</summary>
    public required int Window { get; init; }

    /// <summary>Layer 0 sees the whole pair, and every so manieth after it.</summary>
    public required int GlobalEvery { get; init; }

    /// <summary>False: the classifier reads the first token. True: the mean of all.</summary>
    public bool PoolsMean { get; init; }

    /// <summary>True: a sublayer's result is normalized with what it read, as in XLM-RoBERTa, whose head it then has. False: what it reads is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NormsAfter { get; init; }

    /// <summary>What all angles are divided by beside their base, where positions were stretched; null for 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FrequencyDivisor { get; init; }

    /// <summary>By what a place is multiplied for the angle of a column of a head's half.</summary>
    /// <param name="isGlobal">True for layers that see the whole pair.</param>
    /// <param name="column">The column, from 0.</param>
    /// <param name="headSize">Columns of a head.</param>
    public double FindFrequency(bool isGlobal, int column, int headSize)
        => 1 / (Math.Pow(isGlobal ? GlobalBase : LocalBase, 2.0 * column / headSize) * (FrequencyDivisor ?? 1));

    /// <summary>True for a layer that sees the whole pair.</summary>
    public bool IsGlobal(int layer) => layer % GlobalEvery == 0;
}
