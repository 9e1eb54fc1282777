using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Quantization.Twins;
using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Onnx.Quantization.Choice;

/// <summary>Finds which values of a quantized model to keep in FP16 for an allowed loss, from the checkpoint that it was made of.</summary>
public static class KeptBisection
{
    /// <summary>Searches.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="scratch">An empty folder for weights, which are removed.</param>
    /// <param name="model">Manifest of the model, which says how it was quantized.</param>
    /// <param name="pairs">What calibration runs.</param>
    /// <param name="queries">Labelled queries.</param>
    /// <param name="maxLoss">Loss of nDCG@10 that is allowed, as a share of FP32's.</param>
    /// <param name="progress">Told of each trial, or null.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="QuantizationException">The model has no static scales, was calibrated on other texts, or made from another checkpoint.</exception>
    public static async Task<KeptSearchResult> FindAsync(
        string source, string scratch, ModelManifest model, CalibrationPairs pairs, IReadOnlyList<RankingQuery> queries, double maxLoss,
        IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        var format = QuantizedFormat.All.FirstOrDefault(f => f.Name == model.Precision);
        if (format is null || model.Quantization is not { } quantization)
        {
            throw new QuantizationException($"{model.Name} has precision {model.Precision}: it has no static scales, so nothing of it can be kept");
        }

        if (quantization.TextSha256 != pairs.Text.Sha256)
        {
            throw new QuantizationException(
                $"{model.Name} was calibrated on {quantization.Text} ({quantization.TextSha256[..12]}), and not on {pairs.Text.Source} ({pairs.Text.Sha256[..12]}); name the same file with --calibration");
        }

        using var checkpoint = Checkpoint.Open(source, ModelFamilies.All);
        if (SourceHashes.FindOther(model, source, checkpoint, cancellationToken) is { } other)
        {
            throw new QuantizationException($"{source}: is not the checkpoint that {model.Name} was made from: {other.Name} is another file, or none");
        }

        var candidate = new QuantizationCandidate(format, RangeRule.Parse(quantization.Method), quantization.Smoothing);
        progress?.Report("calibrate");
        using var twin = TwinModel.Create(checkpoint, scratch, pairs, [candidate.Variant], null, cancellationToken);
        var encoded = await ChoiceQueries.EncodeAsync(queries, checkpoint.Tokenizer, checkpoint.Shape, cancellationToken);
        var trials = new CandidateTrials(encoded, (tried, ids) => twin.ScorePairs(tried, ids, cancellationToken), progress);
        return KeptSearch.FindKept(
            twin, candidate, encoded.ListPairs(encoded.All), c => trials.MeasureLoss(c, encoded.All), maxLoss, cancellationToken);
    }
}
