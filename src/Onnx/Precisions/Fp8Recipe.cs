using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Quantization.Fp8;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Quantization.Static;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Precisions;

/// <summary>
/// FP8 for the CUDA engine, with one static scale a tensor, by default from the largest magnitude: on the bundled model clipping at
/// the 99.99 % quantile moved the logits four times as much.
/// </summary>
internal sealed class Fp8Recipe : IPrecisionRecipe
{
    public ModelPrecision Precision => ModelPrecision.Fp8;

    public bool OnePairPerRun => false;

    public bool SharesWeights => true;

    public ProbeRule Probes { get; } = new(long.MaxValue, OnBothFusions: false);

    public PrecisionPlan CreatePlan(RecipeInputs inputs)
    {
        var (checkpoint, quantization) = (inputs.Checkpoint, inputs.Quantization);
        if (quantization.Keep.Count > 0 || quantization.Smoothing is not null)
        {
            throw new QuantizationException("fp8 keeps no values in FP16 and has no smoothing: its steps are relative, so outliers cost it little");
        }

        if (!PackedForm.IsFor(checkpoint.Shape))
        {
            throw new QuantizationException(
                $"fp8 is for the CUDA engine's packed graphs, which models with rotary positions have with heads of {string.Join(" or ", GraphOperators.AttentionHeadSizes)} and a feed-forward of a multiple of {GraphOperators.ColumnStep}; import it as fp16 or int8");
        }

        var (rule, none) = (quantization.Rule ?? QuantizedFormat.Fp8.UsualRule, new HashSet<string>());
        var statistics = inputs.Reference.MeasureValues(quantization.Pairs);
        var scales = Fp8Scales.FromCheckpoint(checkpoint, ActivationScales.FromStatistics(statistics, QuantizedFormat.Fp8, rule, none));
        var steps = new Fp8PackedSteps(checkpoint.Shape, scales);
        return new PrecisionPlan(Fp8Plan.CreatePlan(checkpoint, scales, inputs.Shared), new Fp8Operators(scales), rule.ToString())
        {
            EngineOperators = new Fp8Operators(scales, roundsHalf: true),
            Packed = [new PackedForm(PackedGraph.Form, Build)],
            Quantization = quantization.Describe(statistics.Text, rule, none),
            CalibrationFile = CalibrationFile.Write(statistics, QuantizedFormat.Fp8, rule, none),
        };

        byte[] Build(WeightsLayout weights, string file) => checkpoint.Shape.Rotary is null
            ? JointPackedGraph.Build(checkpoint.Shape, weights, file, steps)
            : RotaryPackedGraph.Build(checkpoint.Shape, weights, file, steps);
    }
}
