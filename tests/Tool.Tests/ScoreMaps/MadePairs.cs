using Reranker.Client;
using Reranker.Tool.ScoreMaps;

namespace Reranker.Tool.Tests.ScoreMaps;

/// <summary>Pairs whose relevance was drawn with the probability that a known curve gives their logit.</summary>
internal static class MadePairs
{
    public const int Folds = 5;

    public static IReadOnlyList<LabelledLogit> Draw(ScoreCurve truth, int queries, int candidates, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, queries).SelectMany(query => Enumerable.Range(0, candidates).Select(_ =>
            {
                var logit = (12 * random.NextDouble()) - 6;
                return new LabelledLogit(logit, random.NextDouble() < truth.FindProbability(logit), query % Folds, query % 2 == 0 ? "even" : "odd");
            })),
        ];
    }
}
