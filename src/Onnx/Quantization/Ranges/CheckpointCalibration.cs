using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>Runs the FP32 graph of a checkpoint on pairs of text and keeps what it sees of the values that are quantized.</summary>
internal sealed class CheckpointCalibration : IDisposable
{
    private const string WeightsFile = "calibration.bin";
    private const string GraphFile = "calibration.onnx";

    private readonly string _folder;
    private readonly CalibrationText _text;
    private readonly IReadOnlyList<QuantizedInput> _inputs;
    private readonly IReadOnlyList<int[]> _pairs;
    private readonly GraphRunner _runner;

    private CheckpointCalibration(
        string folder, CalibrationText text, IReadOnlyList<QuantizedInput> inputs, IReadOnlyList<int[]> pairs, bool frugal)
        => (_folder, _text, _inputs, _pairs, _runner)
            = (folder, text, inputs, pairs, GraphRunner.Load(Path.Combine(folder, GraphFile), frugal, threads: Environment.ProcessorCount));

    /// <summary>Writes and loads the graph; disposing it removes the files.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="inputs">The values of interest.</param>
    /// <param name="folder">A folder for the graph and its weights.</param>
    /// <param name="pairs">What is to be run.</param>
    /// <param name="progress">Told of every tensor, or null.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static CheckpointCalibration Prepare(
        Checkpoint checkpoint, IEnumerable<QuantizedInput> inputs, string folder, CalibrationPairs pairs, IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        try
        {
            var watched = inputs.ToList();
            var plan = FloatPlan.CreatePlan(checkpoint, OnnxType.Float, foldsValueBias: false);
            plan.WriteFile(Path.Combine(folder, WeightsFile), progress, cancellationToken);
            File.WriteAllBytes(Path.Combine(folder, GraphFile), PaddedGraph.Build(
                checkpoint.Shape, new FloatOperators(OnnxType.Float), plan.Layout, WeightsFile, watched.Select(i => i.Value)));
            return new CheckpointCalibration(
                folder, pairs.Text, watched, pairs.EncodePairs(checkpoint.Tokenizer, checkpoint.Shape), plan.Layout.TotalBytes > GraphRunner.LargeModelBytes);
        }
        catch
        {
            RemoveFiles(folder);
            throw;
        }
    }

    /// <summary>Runs all pairs.</summary>
    /// <param name="factors">What channels of a value are divided by before they are counted, by the value's name; null for none.</param>
    /// <param name="progress">Told of every pair, or null.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="CheckpointException">A value is not finite.</exception>
    public CalibrationStatistics MeasureValues(
        IReadOnlyDictionary<string, float[]>? factors, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
        => CalibrationRun.MeasureValues(_runner, _inputs, _text, _pairs, factors, progress, cancellationToken);

    public void Dispose()
    {
        _runner.Dispose();
        RemoveFiles(_folder);
    }

    private static void RemoveFiles(string folder)
    {
        File.Delete(Path.Combine(folder, WeightsFile));
        File.Delete(Path.Combine(folder, GraphFile));
    }
}
