using Reranker.Onnx.Folders;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization;
using Reranker.Onnx.Quantization.Fp8;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Precisions;

/// <summary>
/// The FP32 graph of a checkpoint, for calibration and comparison. It is made when it is first asked for, lies in the folder in
/// the making, and is removed when this is disposed.
/// </summary>
internal sealed class Fp32Reference(
    Checkpoint checkpoint, PendingFolder folder, IProgress<ImportProgress>? progress, CancellationToken cancellationToken) : IDisposable
{
    private const string WeightsFile = "reference.bin";
    private const string GraphFile = "reference.onnx";

    private readonly Dictionary<string, float[]> _ranges = [];
    private bool _isWritten;

    /// <summary>True for a model whose weights are left in their mapped files.</summary>
    public bool IsLarge { get; private set; }

    /// <summary>Largest magnitude of every channel of the inputs on the built-in calibration texts, by the input's name.</summary>
    public IReadOnlyDictionary<string, float[]> MeasureRanges()
    {
        if (_ranges.Count == 0)
        {
            WriteOnce();
            progress?.Report(new ImportProgress("calibrate", null, 0, 0));
            var measured = CalibrationRun.MeasureRanges(
                folder.GetPath(GraphFile),
                [.. Fp8Inputs.ListInputs(checkpoint.Shape)],
                CalibrationRun.EncodeCalibrationPairs(checkpoint.TokenizerPath, checkpoint.Shape),
                cancellationToken,
                frugal: IsLarge);
            foreach (var (value, largest) in measured)
            {
                _ranges.Add(value, largest);
            }
        }

        return _ranges;
    }

    /// <summary>Loads the graph; one that is large keeps its weights in the mapped file, so that an import stays within its memory.</summary>
    public GraphRunner Load()
    {
        WriteOnce();
        return GraphRunner.Load(folder.GetPath(GraphFile), frugal: IsLarge, threads: Environment.ProcessorCount);
    }

    public void Dispose()
    {
        File.Delete(folder.GetPath(WeightsFile));
        File.Delete(folder.GetPath(GraphFile));
    }

    private void WriteOnce()
    {
        if (_isWritten)
        {
            return;
        }

        var wide = FloatPlan.CreatePlan(checkpoint, OnnxType.Float, foldsValueBias: false);
        IsLarge = wide.Layout.TotalBytes > GraphRunner.LargeModelBytes;
        wide.WriteFile(folder.GetPath(WeightsFile), progress, cancellationToken);

        // Every value that some precision quantizes can be watched.
        folder.WriteFile(GraphFile, PaddedGraph.Build(
            checkpoint.Shape, new FloatOperators(OnnxType.Float), wide.Layout, WeightsFile, Fp8Inputs.ListInputs(checkpoint.Shape).Select(i => i.Value)));
        _isWritten = true;
    }
}
