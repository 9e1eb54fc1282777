using System.Text.Json.Serialization;

namespace Reranker.Client;

/// <summary>
/// A curve from a logit to a probability that only rises. Its log-odds bend once, at logit 0: far below it they rise with
/// <paramref name="LowSlope"/>, far above it with <paramref name="HighSlope"/>. Equal slopes are a straight line.
/// </summary>
/// <remarks>
/// Equal slopes: J. Platt, "Probabilistic outputs for support vector machines", 1999. Two slopes: M. Kull, T. Silva Filho and P. Flach, "Beta
/// calibration", 2017, whose two powers of the sigmoid and of its complement these are.
/// </remarks>
/// <param name="LowSlope">Slope of the log-odds below; positive.</param>
/// <param name="HighSlope">Slope of the log-odds above; positive.</param>
/// <param name="Intercept">What is added to the log-odds.</param>
[method: JsonConstructor]
public readonly record struct ScoreCurve(double LowSlope, double HighSlope, double Intercept)
{
    private const double FarLogit = 1e6;

    /// <summary>The sigmoid: what a score is without a map.</summary>
    public static ScoreCurve Sigmoid { get; } = new(1, 1, 0);

    /// <summary>Whether it rises everywhere, and has numbers to do it with.</summary>
    [JsonIgnore]
    public bool IsRising => LowSlope > 0 && HighSlope > 0 && double.IsFinite(LowSlope) && double.IsFinite(HighSlope) && double.IsFinite(Intercept);

    /// <summary>The probability of a logit, from 0 to 1.</summary>
    public double FindProbability(double logit) => ComputeSigmoid(FindLogOdds(logit));

    /// <summary>The logit of a probability: where a threshold that was chosen as a probability lies in the model's own scores.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    public double FindLogit(double probability)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(probability, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probability, 1);
        var wanted = Math.Log(probability) - Math.Log(1 - probability);
        var (low, high) = (-FarLogit, FarLogit);
        for (var middle = 0.0; middle > low && middle < high; middle = (low + high) / 2)
        {
            (low, high) = FindLogOdds(middle) < wanted ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>The two values that the slopes multiply; their sum is the logit. The first is negative, the second positive.</summary>
    public static (double Low, double High) SplitLogit(double logit)
    {
        var tail = Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        return (Math.Min(logit, 0) - tail, Math.Max(logit, 0) + tail);
    }

    private static double ComputeSigmoid(double logOdds) => 1.0 / (1.0 + Math.Exp(-logOdds));

    private double FindLogOdds(double logit)
    {
        if (LowSlope == HighSlope)
        {
            return (LowSlope * logit) + Intercept;
        }

        var (low, high) = SplitLogit(logit);
        return (LowSlope * low) + (HighSlope * high) + Intercept;
    }
}
