using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;

namespace Reranker.Onnx.Quantization;

/// <summary>Calibrates a checkpoint on an FP32 graph of it and plans its INT8 weights.</summary>
internal static class QuantizedImport
{
    private const string WeightsFile = "calibration.bin";
    private const string GraphFile = "calibration.onnx";

    public static (WeightPlan Plan, IWeightForm Form, string? Calibration) Plan(
        Checkpoint checkpoint, PendingFolder folder, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var inputs = QuantizedLinears.Inputs(checkpoint.Shape).ToList();
        var wide = FloatPlan.Create(checkpoint, OnnxType.Float);
        try
        {
            wide.Write(folder.File(WeightsFile), progress, cancellationToken);
            folder.Write(GraphFile, PaddedGraph.Build(
                checkpoint.Shape, new FloatWeights(OnnxType.Float), wide.Layout, WeightsFile, inputs.Select(i => i.Value)));
            progress?.Report(new ImportProgress("calibrate", null, 0, 0));
            var max = Calibration.Measure(
                folder.File(GraphFile), inputs, Calibration.Pairs(checkpoint.TokenizerPath, checkpoint.Shape), cancellationToken);
            return (QuantizedPlan.Create(checkpoint, max), new QuantizedWeights(checkpoint.Shape), null);
        }
        finally
        {
            File.Delete(folder.File(WeightsFile));
            File.Delete(folder.File(GraphFile));
        }
    }
}
