using Reranker.Inference.Models;
using Reranker.Onnx.Folders;
using Reranker.Onnx.HuggingFace;
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

    public ProbeRule Probes { get; } = new(maxProbedBytes, OnBothFusions: true);

    public PrecisionPlan CreatePlan(
        Checkpoint checkpoint, PendingFolder folder, QuantizationOptions quantization, IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        var rule = quantization.Rule ?? QuantizedFormat.Int8.UsualRule;
        using var calibration = CheckpointCalibration.Prepare(
            checkpoint, QuantizedLinears.ListInputs(checkpoint.Shape), folder.Path, quantization.Pairs, progress, cancellationToken);
        var statistics = calibration.MeasureValues(null, progress, cancellationToken);
        var kept = quantization.FindKept(statistics.Values.Keys);
        var folding = FactorFolding.CreateEmpty(checkpoint.Shape);
        if (quantization.Smoothing is { } strength)
        {
            var factors = SmoothingFactors.ComputeFactors(checkpoint, statistics, strength);
            folding = new FactorFolding(checkpoint.Shape, factors);
            statistics = calibration.MeasureValues(factors, progress, cancellationToken);
        }

        var scales = ActivationScales.FromStatistics(statistics, QuantizedFormat.Int8, rule, kept);
        var described = quantization.Describe(statistics.Text, rule, kept);
        return new PrecisionPlan(
            StaticInt8Plan.CreatePlan(checkpoint, scales, folding), new StaticInt8Operators(checkpoint.Shape, scales, folding), rule.ToString())
        {
            Quantization = described,
            Files = [folder.WriteFile(CalibrationFile.Name, CalibrationFile.Write(statistics, QuantizedFormat.Int8, rule, kept))],
        };
    }
}
