using Reranker.Onnx.Folders;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Precisions;

/// <summary>
/// Runs the built-in calibration texts through an FP32 graph of a checkpoint, which lies in the folder in the making for as long.
/// </summary>
internal static class CalibrationGraph
{
    private const string WeightsFile = "calibration.bin";
    private const string GraphFile = "calibration.onnx";

    // A model beyond this keeps its weights in the mapped file, so that an import stays within its memory.
    private const long LargeModelBytes = 512L << 20;

    /// <summary>Largest magnitude of every channel of every input, by the input's name.</summary>
    public static Dictionary<string, float[]> MeasureRanges(
        Checkpoint checkpoint, IReadOnlyList<QuantizedInput> inputs, PendingFolder folder, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var wide = FloatPlan.CreatePlan(checkpoint, OnnxType.Float, foldsValueBias: false);
        try
        {
            wide.WriteFile(folder.GetPath(WeightsFile), progress, cancellationToken);
            folder.WriteFile(GraphFile, PaddedGraph.Build(
                checkpoint.Shape, new FloatOperators(OnnxType.Float), wide.Layout, WeightsFile, inputs.Select(i => i.Value)));
            progress?.Report(new ImportProgress("calibrate", null, 0, 0));
            return CalibrationRun.MeasureRanges(
                folder.GetPath(GraphFile),
                inputs,
                CalibrationRun.EncodeCalibrationPairs(checkpoint.TokenizerPath, checkpoint.Shape),
                cancellationToken,
                frugal: wide.Layout.TotalBytes > LargeModelBytes);
        }
        finally
        {
            File.Delete(folder.GetPath(WeightsFile));
            File.Delete(folder.GetPath(GraphFile));
        }
    }
}
