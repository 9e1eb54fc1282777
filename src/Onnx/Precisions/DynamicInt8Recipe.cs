using Reranker.Inference.Models;
using Reranker.Onnx.Folders;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization;
using Reranker.Onnx.Quantization.Dynamic;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Precisions;

/// <summary>
/// INT8 for CPUs: the checkpoint is calibrated on an FP32 graph of it, and the weights are planned from what that shows. There
/// is no packed form: activation ranges are taken over the whole run, so a run holds one pair.
/// </summary>
internal sealed class DynamicInt8Recipe : IPrecisionRecipe
{
    private const string WeightsFile = "calibration.bin";
    private const string GraphFile = "calibration.onnx";

    public ModelPrecision Precision => ModelPrecision.Int8;

    public bool OnePairPerRun => true;

    public ProbeRule Probes { get; } = new(long.MaxValue, OnBothFusions: true);

    public PrecisionPlan CreatePlan(
        Checkpoint checkpoint, PendingFolder folder, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var inputs = QuantizedLinears.ListInputs(checkpoint.Shape).ToList();
        var wide = FloatPlan.CreatePlan(checkpoint, OnnxType.Float);
        try
        {
            wide.WriteFile(folder.GetPath(WeightsFile), progress, cancellationToken);
            folder.WriteFile(GraphFile, PaddedGraph.Build(
                checkpoint.Shape, new FloatOperators(OnnxType.Float), wide.Layout, WeightsFile, inputs.Select(i => i.Value)));
            progress?.Report(new ImportProgress("calibrate", null, 0, 0));
            var max = CalibrationRun.MeasureRanges(
                folder.GetPath(GraphFile), inputs, CalibrationRun.EncodeCalibrationPairs(checkpoint.TokenizerPath, checkpoint.Shape), cancellationToken);
            return new PrecisionPlan(DynamicInt8Plan.CreatePlan(checkpoint, max), new DynamicInt8Operators(checkpoint.Shape));
        }
        finally
        {
            File.Delete(folder.GetPath(WeightsFile));
            File.Delete(folder.GetPath(GraphFile));
        }
    }

    public IEnumerable<PackedForm> ListPackedForms(ModelShape shape, bool measured) => [];
}
