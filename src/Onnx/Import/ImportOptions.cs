using Reranker.Inference.Models;
using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Onnx.Import;

/// <summary>How a checkpoint is imported.</summary>
public sealed record ImportOptions
{
    /// <summary>Precision of the model. Default FP16.</summary>
    public ModelPrecision Precision { get; init; } = ModelPrecision.Fp16;

    /// <summary>How a precision with static activation scales gets them.</summary>
    public QuantizationOptions Quantization { get; init; } = new();

    /// <summary>Name that requests use. Default: the name of the checkpoint's folder.</summary>
    public string? Name { get; init; }

    /// <summary>Most tokens of a pair, special tokens included. Default: what the position table allows.</summary>
    public int? MaxPairTokens { get; init; }

    /// <summary>
    /// Also writes the forms <c>packed-standard</c>, <c>packed-bias</c> and <c>packed-fused</c>, whose operators differ from
    /// those of <c>packed</c> in speed alone, so that they can be measured on a card. Costs under 1 MB. Default false.
    /// </summary>
    public bool MeasuredForms { get; init; }

    /// <summary>Replaces a model that is already in the output folder. Default false: that is an error.</summary>
    public bool Overwrite { get; init; }
}
