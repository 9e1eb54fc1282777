using Reranker.Onnx.Quantization.Twins;
using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Onnx.Quantization.Choice;

/// <summary>Scores candidates on labelled queries, each query once a candidate, and holds them against FP32.</summary>
/// <param name="queries">The queries.</param>
/// <param name="score">Scores pairs with a candidate, or in FP32 where there is none.</param>
/// <param name="progress">Told of each trial, or null.</param>
internal sealed class CandidateTrials(
    ChoiceQueries queries, Func<QuantizationCandidate?, IReadOnlyList<int[]>, float[]> score, IProgress<string>? progress = null)
{
    private const int Depth = 10;

    private readonly Dictionary<string, (QuantizationCandidate? Candidate, RankedQuery?[] Ranked)> _known = [];

    /// <summary>Every candidate so far.</summary>
    public IReadOnlyList<QuantizationCandidate> Tried => [.. _known.Values.Select(k => k.Candidate).OfType<QuantizationCandidate>()];

    /// <summary>nDCG@10 of FP32 on some queries.</summary>
    public double MeasureReference(IReadOnlyList<int> part) => Score(null, part).Average(q => q.ComputeNdcg(Depth));

    /// <summary>How a candidate ranks some queries, and how far from FP32.</summary>
    public QualityRow Measure(QuantizationCandidate candidate, IReadOnlyList<int> part)
        => QualityReport.Create("", Score(candidate, part), "", Score(null, part), Depth).All;

    /// <summary>What was lost of nDCG@10 on some queries, as a share.</summary>
    public double MeasureLoss(QuantizationCandidate candidate, IReadOnlyList<int> part)
    {
        var (reference, ndcg) = (MeasureReference(part), Score(candidate, part).Average(q => q.ComputeNdcg(Depth)));
        return reference == 0 ? 0 : (reference - ndcg) / reference;
    }

    /// <summary>A candidate that was tried and is the same.</summary>
    public QuantizationCandidate FindTried(QuantizationCandidate candidate) => _known[NameCandidate(candidate)].Candidate!;

    private IReadOnlyList<RankedQuery> Score(QuantizationCandidate? candidate, IReadOnlyList<int> part)
    {
        var name = candidate is null ? "fp32" : NameCandidate(candidate);
        if (!_known.TryGetValue(name, out var known))
        {
            known = (candidate, new RankedQuery?[queries.Count]);
            _known.Add(name, known);
        }

        int[] missing = [.. part.Where(i => known.Ranked[i] is null)];
        if (missing.Length > 0)
        {
            progress?.Report(name);
            var logits = score(candidate, queries.ListPairs(missing));
            foreach (var ranked in missing.Zip(queries.Rank(missing, logits)))
            {
                known.Ranked[ranked.First] = ranked.Second;
            }
        }

        return [.. part.Select(i => known.Ranked[i]!)];
    }

    private static string NameCandidate(QuantizationCandidate candidate)
    {
        var smoothing = candidate.Smoothing is { } strength ? FormattableString.Invariant($", smoothing {strength}") : "";
        var kept = candidate.Kept.Count > 0 ? $", kept {string.Join(' ', candidate.Kept.Order(StringComparer.Ordinal))}" : "";
        return $"{candidate.Format} {candidate.Method}{smoothing}{kept}";
    }
}
