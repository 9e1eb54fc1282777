using Reranker.Inference.Models;
using Reranker.Onnx.Quantization.Static;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Precisions;

/// <summary>
/// Explicit INT8 for TensorRT, so far with placeholder scales. There is no packed form: the packed operators of the CUDA
/// provider have no INT8 products.
/// </summary>
/// <param name="maxProbedBytes">Largest weights file of which probes are made.</param>
internal sealed class StaticInt8Recipe(long maxProbedBytes) : IPrecisionRecipe
{
    public ModelPrecision Precision => ModelPrecision.Int8Qdq;

    public bool OnePairPerRun => false;

    public bool SharesWeights => true;

    public ProbeRule Probes { get; } = new(maxProbedBytes, OnBothFusions: true);

    public PrecisionPlan CreatePlan(RecipeInputs inputs)
    {
        var shape = inputs.Checkpoint.Shape;
        var scales = ActivationScales.CreatePlaceholders(shape);
        return new PrecisionPlan(StaticInt8Plan.CreatePlan(inputs.Checkpoint, inputs.Shared), new StaticInt8Operators(shape, scales), scales.Calibration);
    }
}
