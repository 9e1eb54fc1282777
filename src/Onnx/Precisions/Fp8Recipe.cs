using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Quantization.Fp8;
using Reranker.Onnx.Quantization.Static;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Precisions;

/// <summary>
/// FP8 for the CUDA engine, with one static scale a tensor from the largest magnitude: on the bundled model clipping at the
/// 99.99 % quantile moved the logits four times as much.
/// </summary>
/// <param name="maxFusedBytes">Largest weights file of which probes are made with fused operators too.</param>
internal sealed class Fp8Recipe(long maxFusedBytes) : IPrecisionRecipe
{
    private const string Calibration = "largest magnitudes of the built-in texts";

    public ModelPrecision Precision => ModelPrecision.Fp8;

    public bool OnePairPerRun => false;

    public bool SharesWeights => true;

    public ProbeRule Probes { get; } = new(long.MaxValue, OnBothFusions: true, maxFusedBytes);

    public PrecisionPlan CreatePlan(RecipeInputs inputs)
    {
        var checkpoint = inputs.Checkpoint;
        var scales = Fp8Scales.FromCheckpoint(
            checkpoint, ActivationScales.FromRangesForFp8(inputs.Reference.MeasureRanges(), Calibration));
        var steps = new Fp8PackedSteps(checkpoint.Shape, scales);
        return new PrecisionPlan(Fp8Plan.CreatePlan(checkpoint, scales, inputs.Shared), new Fp8Operators(scales), Calibration)
        {
            Packed = [new PackedForm(PackedGraph.Form, (weights, file) => JointPackedGraph.Build(checkpoint.Shape, weights, file, steps))],
        };
    }
}
