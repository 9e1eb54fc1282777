namespace Reranker.Onnx.Verification.Ranking;

/// <summary>How well a model ranked.</summary>
/// <param name="Sets">Result of each set, by name.</param>
public sealed record RankingReport(IReadOnlyDictionary<string, RankingSetResult> Sets)
{
    /// <summary>Mean of the sets' nDCG@10, each set counting alike.</summary>
    public double Average => Sets.Count == 0 ? 0 : Sets.Values.Average(s => s.Ndcg);
}

/// <summary>Result of one set.</summary>
/// <param name="Queries">Number of queries.</param>
/// <param name="Ndcg">Mean nDCG@10, from 0 to 1.</param>
public readonly record struct RankingSetResult(int Queries, double Ndcg);
