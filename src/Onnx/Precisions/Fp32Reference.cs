using Reranker.Onnx.Folders;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Fp8;
using Reranker.Onnx.Quantization.Ranges;
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

    private readonly Dictionary<CalibrationText, CalibrationStatistics> _known = [];
    private bool _isWritten;

    /// <summary>True for a model whose weights are left in their mapped files.</summary>
    public bool IsLarge { get; private set; }

    /// <summary>What pairs give every value that some precision quantizes; equal questions are answered from the first run.</summary>
    /// <param name="pairs">What is run.</param>
    /// <param name="factors">What channels of a value are divided by, by the value's name; null for none.</param>
    public CalibrationStatistics MeasureValues(CalibrationPairs pairs, IReadOnlyDictionary<string, float[]>? factors = null)
    {
        if (factors is null && _known.TryGetValue(pairs.Text, out var known))
        {
            return known;
        }

        using var runner = Load();
        var measured = CalibrationRun.MeasureValues(
            runner, [.. Fp8Inputs.ListInputs(checkpoint.Shape)], pairs.Text, pairs.EncodePairs(checkpoint.Tokenizer, checkpoint.Shape), factors,
            progress, cancellationToken);
        if (factors is null)
        {
            _known.Add(pairs.Text, measured);
        }

        return measured;
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
