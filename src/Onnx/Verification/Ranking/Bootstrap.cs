namespace Reranker.Onnx.Verification.Ranking;

/// <summary>A mean with the ends of its 95 % interval.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Interval(double Mean, double Low, double High);

/// <summary>
/// Intervals by drawing queries again, with replacement (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993). What is
/// paired stays paired: a draw takes both models' results of a query.
/// </summary>
public static class Bootstrap
{
    private const int Draws = 2000;
    private const int Seed = 20_250_102;
    private const double Tail = 0.025;

    /// <summary>The mean of values.</summary>
    public static Interval EstimateMean(IReadOnlyList<double> values)
        => Estimate(values.Count, drawn => drawn.Sum(i => values[i]) / drawn.Length);

    /// <summary>How much smaller the sum of one model's results is than the reference's, as a share of it.</summary>
    /// <param name="reference">Results of the reference.</param>
    /// <param name="values">Results of the model for the same queries.</param>
    public static Interval EstimateLoss(IReadOnlyList<double> reference, IReadOnlyList<double> values) => Estimate(reference.Count, drawn =>
    {
        var (believed, tested) = (drawn.Sum(i => reference[i]), drawn.Sum(i => values[i]));
        return believed == 0 ? 0 : (believed - tested) / believed;
    });

    private static Interval Estimate(int count, Func<int[], double> compute)
    {
        var drawn = Enumerable.Range(0, count).ToArray();
        var mean = compute(drawn);
        var random = new Random(Seed);
        var means = new double[Draws];
        for (var draw = 0; draw < Draws; draw++)
        {
            for (var i = 0; i < count; i++)
            {
                drawn[i] = random.Next(count);
            }

            means[draw] = compute(drawn);
        }

        Array.Sort(means);
        return new Interval(mean, means[(int)(Tail * Draws)], means[(int)((1 - Tail) * Draws) - 1]);
    }
}
