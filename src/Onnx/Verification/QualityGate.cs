using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Onnx.Verification;

/// <summary>
/// Ranks <see cref="GateTexts"/> with a precision and with FP32. It is a look at whether a conversion went wrong, not a
/// measurement of a model: for that there are labelled sets.
/// </summary>
internal sealed class QualityGate(ITextTokenizer tokenizer, int maxPairTokens, TimeProvider time)
{
    private const int Best = 10;
    private const double MinOverlap = 0.9;
    private const double MinKendallTau = 0.8;

    private readonly List<(int[][] Pairs, float[] Logits)> _reference = [];

    /// <summary>Scores the texts in FP32, once for all precisions: query by query until the time is over, and one query at least.</summary>
    public void ScoreReference(GraphRunner reference, TimeSpan budget, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        foreach (var query in GateTexts.Queries)
        {
            if (_reference.Count > 0 && time.GetElapsedTime(start) > budget)
            {
                return;
            }

            int[][] pairs = [.. GateTexts.Passages.Select(p => PairEncoding.EncodePair(tokenizer, query, p, maxPairTokens))];
            _reference.Add((pairs, ScorePairs(reference, pairs, cancellationToken)));
        }
    }

    /// <summary>Compares a precision with it, as many of the queries as its time allows.</summary>
    public GateResult Compare(GraphRunner tested, TimeSpan budget, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var (overlaps, taus) = (new List<double>(), new List<double>());
        foreach (var (pairs, expected) in _reference.TakeWhile(_ => overlaps.Count == 0 || time.GetElapsedTime(start) <= budget))
        {
            var logits = ScorePairs(tested, pairs, cancellationToken);
            overlaps.Add(RankingMeasures.ComputeOverlap(expected, logits, Best));
            taus.Add(RankingMeasures.ComputeTau(expected, logits));
        }

        return new GateResult(
            GateTexts.Name, overlaps.Count, overlaps.Count * GateTexts.Passages.Count, Round(overlaps.Average()), Round(taus.Average()), MinOverlap, MinKendallTau);
    }

    private static float[] ScorePairs(GraphRunner runner, int[][] pairs, CancellationToken cancellationToken) => [.. pairs.Select(pair =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        return runner.ScorePairs([pair])[0] is var logit && float.IsFinite(logit)
            ? logit
            : throw new ModelFolderException("quality gate", $"the graph gives {logit} for a pair of {pair.Length} tokens");
    })];

    private static double Round(double value) => Math.Round(value, 4);
}
