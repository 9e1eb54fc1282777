namespace Reranker.Inference.Graphs;

/// <summary>The forms in which a model's graph exists, by their names in a manifest.</summary>
public static class GraphForms
{
    /// <summary>
    /// Rows padded to the longest: <see cref="GraphTensors.InputIds"/> and <see cref="GraphTensors.AttentionMask"/>. For CPUs and
    /// TensorRT.
    /// </summary>
    public const string Padded = "padded";

    /// <summary>
    /// As <see cref="Padded"/>, with operators of the CPU engine's own (<see cref="CpuGraphOperators"/>). For CPUs with registers of 512 bits; others run
    /// the padded form beside it.
    /// </summary>
    public const string Fused = "fused";

    /// <summary>
    /// The tokens of all pairs one after another: <see cref="GraphTensors.InputIds"/>, <see cref="GraphTensors.PositionIds"/>,
    /// <see cref="GraphTensors.TokenOffset"/> and <see cref="GraphTensors.SequenceStarts"/>. For CUDA.
    /// </summary>
    public const string Packed = "packed";

    /// <summary>
    /// The packed form with separate projections and ONNX Runtime's attention, for cards that are too old for the attention of
    /// <see cref="Packed"/>.
    /// </summary>
    public const string PackedSeparate = "packed-separate";
}
