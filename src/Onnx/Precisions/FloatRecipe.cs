using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
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

    public bool SharesWeights => type == OnnxType.Float16;

    public ProbeRule Probes { get; } = new(maxProbedBytes, OnBothFusions: false);

    public PrecisionPlan CreatePlan(RecipeInputs inputs)
        => new(FloatPlan.CreatePlan(inputs.Checkpoint, type, shared: inputs.Shared), new FloatOperators(type))
        {
            Packed = PackedForm.ListFloatForms(inputs.Checkpoint.Shape, type),
        };
}
