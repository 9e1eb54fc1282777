using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Tool.ScoreMaps;

/// <summary>A pair that a person judged, with what a model gave it.</summary>
/// <param name="Logit">The model's logit.</param>
/// <param name="IsRelevant">The judgement.</param>
/// <param name="Fold">The part in which its query is held out.</param>
/// <param name="Set">The set that its query belongs to.</param>
internal readonly record struct LabelledLogit(double Logit, bool IsRelevant, int Fold, string Set)
{
    /// <summary>The pairs of queries that a model scored.</summary>
    /// <param name="ranked">What the model gave, in the order of the queries.</param>
    /// <param name="foldOf">The part of each query.</param>
    public static IReadOnlyList<LabelledLogit> ListPairs(IReadOnlyList<RankedQuery> ranked, int[] foldOf)
        => [.. ranked.SelectMany((query, at) => query.Logits.Select(
            (logit, document) => new LabelledLogit(logit, query.Relevant.Contains(document), foldOf[at], query.Set)))];
}
