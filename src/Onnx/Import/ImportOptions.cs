using Reranker.Inference.Models;
using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Onnx.Import;

/// <summary>How a checkpoint is imported.</summary>
public sealed record ImportOptions
{
    /// <summary>Precision of a model that has one.</summary>
    public ModelPrecision Precision
    {
        get => Precisions[0];
        init => Precisions = [value];
    }

    /// <summary>Precisions that the folder holds; each is a model with an identity of its own. Default FP16 alone.</summary>
    public IReadOnlyList<ModelPrecision> Precisions { get; init; } = [ModelPrecision.Fp16];

    /// <summary>
    /// Whether quantized precisions are compared with FP32 on built-in texts; without a result no server chooses one by itself.
    /// Default null: where there are several precisions to choose from.
    /// </summary>
    public bool? Gate { get; init; }

    /// <summary>Most time that the comparison of one precision may take, beyond its first query. Default a minute.</summary>
    public TimeSpan GateTime { get; init; } = TimeSpan.FromMinutes(1);

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
