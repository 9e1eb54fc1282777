using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Precisions;

/// <summary>What a precision makes of a checkpoint.</summary>
/// <param name="Weights">The weights file.</param>
/// <param name="Operators">How graphs express the operators that read it.</param>
/// <param name="Calibration">How static activation scales were found, in a few words; null where there are none.</param>
internal sealed record PrecisionPlan(WeightPlan Weights, IPrecisionOperators Operators, string? Calibration = null)
{
    /// <summary>How these scales were found; null where there are none.</summary>
    public ManifestQuantization? Quantization { get; init; }

    /// <summary>What calibration saw, for a file beside the model; null where there are none.</summary>
    public byte[]? CalibrationFile { get; init; }

    /// <summary>The padded form with the CPU engine's own operators; null where a precision has none.</summary>
    public GraphFileBuilder? Fused { get; init; }

    /// <summary>
    /// The operators with the rounding between them that the engine does which the precision is for: how much logits move with rounding
    /// is seen by it. Null where that engine rounds as <see cref="Operators"/> do.
    /// </summary>
    public IPrecisionOperators? EngineOperators { get; init; }

    /// <summary>The packed graphs that the precision has, the default first; none where no engine runs one.</summary>
    public IReadOnlyList<PackedForm> Packed { get; init; } = [];
}
