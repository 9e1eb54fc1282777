namespace Reranker.Onnx.Verification.Ranking;

/// <summary>The logits that a model gave the candidates of one query.</summary>
/// <param name="Set">The set that the query belongs to.</param>
/// <param name="Lang">Language of the query, or null.</param>
/// <param name="Relevant">Indexes of the relevant candidates.</param>
/// <param name="Logits">Logit of every candidate.</param>
public sealed record RankedQuery(string Set, string? Lang, IReadOnlyList<int> Relevant, float[] Logits)
{
    /// <summary>nDCG at a depth.</summary>
    public double ComputeNdcg(int depth) => RankingMeasures.ComputeNdcg(RankingMeasures.FindRanks(Logits, Relevant), depth);
}
