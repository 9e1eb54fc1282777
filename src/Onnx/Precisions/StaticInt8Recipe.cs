using Reranker.Inference.Models;
using Reranker.Onnx.Quantization;
using Reranker.Onnx.Quantization.Folding;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Quantization.Static;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Precisions;

/// <summary>
/// Explicit INT8 for TensorRT: the checkpoint is calibrated on an FP32 graph of it. There is no packed form: the packed operators
/// of the CUDA provider have no INT8 products.
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
        var (checkpoint, quantization) = (inputs.Checkpoint, inputs.Quantization);
        var rule = quantization.Rule ?? QuantizedFormat.Int8.UsualRule;
        var values = QuantizedLinears.ListInputs(checkpoint.Shape).Select(i => i.Value).ToHashSet();
        var kept = quantization.FindKept(values);
        var statistics = inputs.Reference.MeasureValues(quantization.Pairs);
        var folding = FactorFolding.CreateEmpty(checkpoint.Shape);
        if (quantization.Smoothing is { } strength)
        {
            var factors = SmoothingFactors.ComputeFactors(checkpoint, statistics, strength);
            folding = new FactorFolding(checkpoint.Shape, factors);
            statistics = inputs.Reference.MeasureValues(quantization.Pairs, factors);
        }

        statistics = statistics.TakeValues(values);
        var scales = ActivationScales.FromStatistics(statistics, QuantizedFormat.Int8, rule, kept);

        // What is folded is this precision's own.
        var shared = quantization.Smoothing is null ? inputs.Shared : null;
        return new PrecisionPlan(
            StaticInt8Plan.CreatePlan(checkpoint, scales, folding, shared), new StaticInt8Operators(checkpoint.Shape, scales, folding), rule.ToString())
        {
            Quantization = quantization.Describe(statistics.Text, rule, kept),
            CalibrationFile = CalibrationFile.Write(statistics, QuantizedFormat.Int8, rule, kept),
        };
    }
}
