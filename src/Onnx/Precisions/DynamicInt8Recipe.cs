using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Quantization.Dynamic;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Precisions;

/// <summary>
/// INT8 for CPUs: the checkpoint is calibrated on an FP32 graph of it, and the weights are planned from what that shows. There
/// is no packed form: activation ranges are taken over the whole run, so a run holds one pair.
/// </summary>
internal sealed class DynamicInt8Recipe : IPrecisionRecipe
{
    public ModelPrecision Precision => ModelPrecision.Int8;

    public bool OnePairPerRun => true;

    public ProbeRule Probes { get; } = new(long.MaxValue, OnBothFusions: true);

    public PrecisionPlan CreatePlan(RecipeInputs inputs)
    {
        var largest = inputs.Reference.MeasureValues(CalibrationPairs.BuiltIn).Values.ToDictionary(v => v.Key, v => v.Value.ChannelMax);
        var shape = inputs.Checkpoint.Shape;
        return new PrecisionPlan(DynamicInt8Plan.CreatePlan(inputs.Checkpoint, largest), new DynamicInt8Operators(shape))
        {
            Fused = (weights, file) => PaddedGraph.Build(shape, new FusedInt8Operators(shape), weights, file),
        };
    }
}
