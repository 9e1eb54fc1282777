using Reranker.Grains.Dispatch;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Models;
using Reranker.Simulation.Cards;

namespace Reranker.Simulation.Workload;

/// <summary>Lengths of queries and passages: about log-normal, as those of web passages are.</summary>
internal static class Texts
{
    private const int QueryTokens = 12;

    // A mean of about 128 tokens.
    private static readonly NaturalLengths PassageTokens = new(Median: 110, Sigma: 0.55, Min: 8, Max: 480);

    /// <summary>Tokens of an average pair, from a fixed sample.</summary>
    public static double MeanPairTokens { get; } = Sample().Average();

    /// <summary>The sizes of a request.</summary>
    public static PairSizes Draw(int passages, Random random)
    {
        var lengths = PassageTokens.DrawLengths(random, passages);
        return new PairSizes(QueryTokens, lengths, Array.ConvertAll(lengths, Pair), 4);
    }

    /// <summary>Tokens a second of one card that runs nothing but full batches of such pairs.</summary>
    public static double Capacity(Card card, TimeSpan targetBatchTime)
    {
        var cost = card.NewCostModel();
        List<int> batch = [];
        double tokens = 0, time = 0;
        foreach (var length in Sample())
        {
            batch.Add(length);
            if (batch.Count <= card.Engine.MaxBatchPairs && Time(cost, batch) <= targetBatchTime.TotalMicroseconds)
            {
                continue;
            }

            batch.RemoveAt(batch.Count - 1);
            time += Time(cost, batch);
            tokens += batch.Sum();
            batch = [length];
        }

        return tokens / time * 1e6;
    }

    private static double Time(ICostModel cost, List<int> batch) => cost.PredictMicroseconds([.. batch]);

    private static int[] Sample() => Array.ConvertAll(PassageTokens.DrawLengths(new Random(1), 20_000), Pair);

    private static int Pair(int passageTokens) => passageTokens + QueryTokens + PairLayout.SpecialTokens;
}
