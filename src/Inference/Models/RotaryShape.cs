namespace Reranker.Inference.Models;

/// <summary>
/// What an encoder has in place of a position table and of XLM-RoBERTa's layers: rotary positions, local windows, normalization before a
/// sublayer, and a gated feed-forward.
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

    /// <summary>True for a layer that sees the whole pair.</summary>
    public bool IsGlobal(int layer) => layer % GlobalEvery == 0;
}
