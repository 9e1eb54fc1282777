namespace Reranker.Inference.Graphs;

/// <summary>Names of the inputs and of the output of a graph, in every form.</summary>
public static class GraphTensors
{
    /// <summary>Token ids: [batch, sequence] padded, [tokens] packed.</summary>
    public const string InputIds = "input_ids";

    /// <summary>1 for a token and 0 for padding: [batch, sequence].</summary>
    public const string AttentionMask = "attention_mask";

    /// <summary>Position of each token in its pair: [tokens].</summary>
    public const string PositionIds = "position_ids";

    /// <summary>Place of each token in the padded rectangle: [batch, sequence].</summary>
    public const string TokenOffset = "token_offset";

    /// <summary>Where each pair starts and the last one ends: [batch + 1].</summary>
    public const string SequenceStarts = "cu_seqlens";

    /// <summary>The output: [batch, 1].</summary>
    public const string Logits = "logits";
}
