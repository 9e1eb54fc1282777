using Reranker.Inference.Models;
using Reranker.Onnx.Folders;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Precisions;

/// <summary>Weights and activations in one floating point type, which packed forms have too.</summary>
/// <param name="precision">FP32 or FP16.</param>
/// <param name="type">Its element type.</param>
/// <param name="maxProbedBytes">Largest weights file of which probes are made.</param>
internal sealed class FloatRecipe(ModelPrecision precision, OnnxType type, long maxProbedBytes) : IPrecisionRecipe
{
    public ModelPrecision Precision => precision;

    public bool OnePairPerRun => false;

    public ProbeRule Probes { get; } = new(maxProbedBytes, OnBothFusions: false);

    public PrecisionPlan CreatePlan(
        Checkpoint checkpoint, PendingFolder folder, QuantizationOptions quantization, IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
        => new(FloatPlan.CreatePlan(checkpoint, type), new FloatOperators(type)) { Packed = PackedForm.ListFloatForms(checkpoint.Shape, type) };
}
