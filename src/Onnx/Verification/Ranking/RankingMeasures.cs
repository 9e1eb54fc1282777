namespace Reranker.Onnx.Verification.Ranking;

/// <summary>What one ranking is worth, and how far it is from another one of the same candidates.</summary>
public static class RankingMeasures
{
    /// <summary>
    /// Ranks of the relevant candidates, counted from 1 and ascending. Others with the same logit rank before them, so that ties
    /// earn nothing.
    /// </summary>
    public static int[] FindRanks(ReadOnlySpan<float> logits, IReadOnlyList<int> relevant)
    {
        ArgumentNullException.ThrowIfNull(relevant);
        var ranks = new int[relevant.Count];
        for (var i = 0; i < ranks.Length; i++)
        {
            var own = logits[relevant[i]];
            var rank = 1;
            for (var other = 0; other < logits.Length; other++)
            {
                // A logit that is no number is before nothing, and everything is before it.
                rank += !relevant.Contains(other) && !(logits[other] < own) ? 1 : 0;
            }

            ranks[i] = rank;
        }

        Array.Sort(ranks);
        for (var i = 0; i < ranks.Length; i++)
        {
            ranks[i] += i;
        }

        return ranks;
    }

    /// <summary>
    /// nDCG at a depth (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002). With one relevant
    /// candidate it is 1 / log2(rank + 1) down to the depth.
    /// </summary>
    public static double ComputeNdcg(IReadOnlyList<int> ranks, int depth)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        var ideal = Enumerable.Range(1, Math.Min(ranks.Count, depth)).Sum(ComputeGain);
        return ranks.Where(r => r <= depth).Sum(ComputeGain) / ideal;
    }

    /// <summary>One over the rank of the first relevant candidate, at any depth.</summary>
    public static double ComputeReciprocalRank(IReadOnlyList<int> ranks) => 1.0 / ranks[0];

    /// <summary>The share of the relevant candidates that are ranked down to a depth.</summary>
    public static double ComputeRecall(IReadOnlyList<int> ranks, int depth) => ranks.Count(r => r <= depth) / (double)ranks.Count;

    /// <summary>Kendall's tau-b of two rankings of the same candidates: 1 for the same order, −1 for the opposite one.</summary>
    public static double ComputeTau(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        long balance = 0, inA = 0, inB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (left, right) = (a[i].CompareTo(a[j]), b[i].CompareTo(b[j]));
                balance += Math.Sign(left) * Math.Sign(right);
                inA += left != 0 ? 1 : 0;
                inB += right != 0 ? 1 : 0;
            }
        }

        return inA == 0 && inB == 0 ? 1 : inA == 0 || inB == 0 ? 0 : balance / Math.Sqrt((double)inA * inB);
    }

    /// <summary>The share of one ranking's best that are among the other's.</summary>
    public static double ComputeOverlap(float[] a, float[] b, int depth)
    {
        var (best, others) = (TakeBest(a, depth), TakeBest(b, depth));
        return best.Count == 0 ? 1 : best.Intersect(others).Count() / (double)best.Count;
    }

    private static double ComputeGain(int rank) => 1 / Math.Log2(rank + 1);

    private static List<int> TakeBest(float[] logits, int depth) => [.. logits.Index().OrderByDescending(l => l.Item).Take(depth).Select(l => l.Index)];
}
