using System.Runtime.InteropServices;
using Reranker.Grains.Dispatch;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Models;
using Reranker.Simulation.Cards;

namespace Reranker.Simulation.Workload;

/// <summary>Lengths of queries and passages.</summary>
internal sealed class Texts
{
    private const int WebQueryTokens = 12;
    private const int Samples = 20_000;

    private readonly Func<Random, int> _drawPassage;
    private readonly int _queryTokens;
    private readonly int[] _sample;

    private Texts(Func<Random, int> drawPassage, int queryTokens)
    {
        (_drawPassage, _queryTokens) = (drawPassage, queryTokens);
        _sample = Array.ConvertAll(DrawPassages(Samples, new Random(1)), CountPairTokens);
        MeanPairTokens = _sample.Average();
    }

    /// <summary>About log-normal, as those of web passages are, with a mean of about 128 tokens.</summary>
    public static Texts Web { get; } = new(new NaturalLengths(Median: 110, Sigma: 0.55, Min: 8, Max: 480).DrawLength, WebQueryTokens);

    /// <summary>Tokens of an average pair, from a fixed sample.</summary>
    public double MeanPairTokens { get; }

    /// <summary>Log-normal passages of that mean.</summary>
    public static Texts FromMean(double meanPassageTokens, int queryTokens, int maxPairTokens)
    {
        var around = queryTokens + PairLayout.SpecialTokens;
        var pairs = NaturalLengths.FromClippedMean(meanPassageTokens + around, around + 1, maxPairTokens);
        return new Texts(random => pairs.DrawLength(random) - around, queryTokens);
    }

    /// <summary>Passages drawn from these.</summary>
    public static Texts FromPassages(IReadOnlyList<int> passageTokens, int queryTokens, int maxPairTokens)
    {
        var longest = maxPairTokens - queryTokens - PairLayout.SpecialTokens;
        return new Texts(random => Math.Min(passageTokens[random.Next(passageTokens.Count)], longest), queryTokens);
    }

    /// <summary>The sizes of a request.</summary>
    public PairSizes DrawRequest(int passages, Random random)
    {
        var lengths = DrawPassages(passages, random);
        return new PairSizes(_queryTokens, lengths, Array.ConvertAll(lengths, CountPairTokens), 4);
    }

    /// <summary>Tokens a second of one card that runs nothing but full batches of such pairs.</summary>
    public double ComputeCapacity(Card card, TimeSpan targetBatchTime)
    {
        var cost = card.CreateCostModel();
        List<int> batch = [];
        double tokens = 0, time = 0;
        foreach (var length in _sample)
        {
            batch.Add(length);
            if (batch.Count <= card.Engine.MaxBatchPairs && PredictTime(cost, batch) <= targetBatchTime.TotalMicroseconds)
            {
                continue;
            }

            batch.RemoveAt(batch.Count - 1);
            time += PredictTime(cost, batch);
            tokens += batch.Sum();
            batch = [length];
        }

        return tokens / time * 1e6;
    }

    private static double PredictTime(ICostModel cost, List<int> batch) => cost.PredictMicroseconds(CollectionsMarshal.AsSpan(batch));

    private int[] DrawPassages(int count, Random random)
    {
        var lengths = new int[count];
        for (var i = 0; i < count; i++)
        {
            lengths[i] = _drawPassage(random);
        }

        return lengths;
    }

    private int CountPairTokens(int passageTokens) => passageTokens + _queryTokens + PairLayout.SpecialTokens;
}
