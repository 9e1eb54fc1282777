using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Folding;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Quantization.Static;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Twins;

/// <summary>A calibrated checkpoint of which any candidate can be scored on the CPU, without making a model of each.</summary>
internal sealed class TwinModel : IDisposable
{
    private const string WeightsFile = "twins.bin";

    private readonly Checkpoint _checkpoint;
    private readonly string _folder;
    private readonly WeightsLayout _layout;
    private readonly Dictionary<float, (CalibrationStatistics Statistics, FactorFolding Folding)> _smoothed;
    private int _graphs;

    private TwinModel(
        Checkpoint checkpoint, string folder, WeightsLayout layout, CalibrationStatistics statistics,
        Dictionary<float, (CalibrationStatistics Statistics, FactorFolding Folding)> smoothed)
        => (_checkpoint, _folder, _layout, Statistics, _smoothed) = (checkpoint, folder, layout, statistics, smoothed);

    /// <summary>What calibration saw without smoothing.</summary>
    public CalibrationStatistics Statistics { get; }

    /// <summary>Shape of the encoder.</summary>
    public ModelShape Shape => _checkpoint.Shape;

    /// <summary>Path of the tokenizer.</summary>
    public ITextTokenizer Tokenizer => _checkpoint.Tokenizer;

    /// <summary>Calibrates a checkpoint and writes the weights of some variants; disposing removes them.</summary>
    /// <param name="checkpoint">The checkpoint, which stays the caller's.</param>
    /// <param name="folder">A folder for weights: 4 bytes a parameter, and about as much again for each variant.</param>
    /// <param name="pairs">What calibration runs.</param>
    /// <param name="variants">What candidates may be of.</param>
    /// <param name="progress">Told of every tensor and pair, or null.</param>
    /// <param name="cancellationToken">Ends the making.</param>
    public static TwinModel Create(
        Checkpoint checkpoint, string folder, CalibrationPairs pairs, IEnumerable<TwinVariant> variants, IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        var wanted = variants.Distinct().ToList();
        var inputs = TwinInputs.List(checkpoint.Shape, QuantizedFormat.Fp8);
        CalibrationStatistics plain;
        var smoothed = new Dictionary<float, (CalibrationStatistics, FactorFolding)>();
        using (var calibration = CheckpointCalibration.Prepare(checkpoint, inputs, folder, pairs, progress, cancellationToken))
        {
            plain = calibration.MeasureValues(null, progress, cancellationToken);
            foreach (var strength in wanted.Select(v => v.Smoothing).OfType<float>().Distinct())
            {
                var factors = SmoothingFactors.ComputeFactors(checkpoint, plain, strength);
                smoothed.Add(strength, (calibration.MeasureValues(factors, progress, cancellationToken), new FactorFolding(checkpoint.Shape, factors)));
            }
        }

        var empty = FactorFolding.CreateEmpty(checkpoint.Shape);
        var plan = TwinPlan.CreatePlan(
            checkpoint, wanted.ToDictionary(v => v, v => v.Smoothing is { } strength ? smoothed[strength].Item2 : empty));
        plan.WriteFile(Path.Combine(folder, WeightsFile), progress, cancellationToken);
        return new TwinModel(checkpoint, folder, plan.Layout, plain, smoothed);
    }

    /// <summary>Logits of pairs.</summary>
    /// <param name="candidate">How the model is quantized; null for FP32.</param>
    /// <param name="pairs">Ids of the pairs.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public float[] ScorePairs(QuantizationCandidate? candidate, IReadOnlyList<int[]> pairs, CancellationToken cancellationToken)
    {
        var path = WriteGraph(candidate);
        try
        {
            using var runner = GraphRunner.Load(path, frugal: false);
            var logits = new float[pairs.Count];
            var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
            Parallel.For(0, pairs.Count, options, i => logits[i] = runner.ScorePairs([pairs[i]])[0]);
            return logits;
        }
        finally
        {
            File.Delete(path);
        }
    }

    public void Dispose() => File.Delete(Path.Combine(_folder, WeightsFile));

    private string WriteGraph(QuantizationCandidate? candidate)
    {
        var path = Path.Combine(_folder, $"twin-{_graphs++}.onnx");
        File.WriteAllBytes(path, PaddedGraph.Build(Shape, candidate is null ? new FloatOperators(OnnxType.Float) : CreateOperators(candidate), _layout, WeightsFile));
        return path;
    }

    private TwinOperators CreateOperators(QuantizationCandidate candidate)
    {
        var (statistics, folding) = candidate.Smoothing is { } strength
            ? _smoothed[strength]
            : (Statistics, FactorFolding.CreateEmpty(Shape));
        var scales = candidate.Rule is { } rule ? ActivationScales.FromStatistics(statistics, candidate.Format, rule, candidate.Kept) : null;
        return new TwinOperators(Shape, candidate, scales, folding);
    }
}
