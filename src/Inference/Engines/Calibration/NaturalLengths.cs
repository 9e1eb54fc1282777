namespace Reranker.Inference.Engines.Calibration;

/// <summary>Lengths as texts of a search have them: log-normal, clipped. The same random numbers give the same lengths.</summary>
/// <param name="Median">Median before clipping.</param>
/// <param name="Sigma">Standard deviation of the logarithm.</param>
/// <param name="Min">Shortest.</param>
/// <param name="Max">Longest.</param>
public readonly record struct NaturalLengths(double Median, double Sigma, int Min, int Max)
{
    /// <summary>Spread of pairs on the web and in knowledge bases: most are around the mean, a few are five times as long.</summary>
    public const double PairSigma = 0.7;

    private const double PairMean = 135;
    private const int MinPair = 24;
    private const int Quantiles = 4096;
    private const int Bisections = 40;

    /// <summary>Pairs of a mean of 135 tokens before clipping, from 24 to <paramref name="max"/>: what cost tables and published shapes are made of.</summary>
    public static NaturalLengths CreateForPairs(int max) => FromMean(PairMean, Math.Min(MinPair, max), max);

    /// <summary>Pairs of a mean that holds before clipping.</summary>
    public static NaturalLengths FromMean(double mean, int min, int max)
        => new(mean * Math.Exp(-PairSigma * PairSigma / 2), PairSigma, min, max);

    /// <summary>Pairs of a mean that holds after clipping, which moves it.</summary>
    public static NaturalLengths FromClippedMean(double mean, int min, int max)
    {
        var random = new Random(1);
        var normals = new double[Quantiles];
        for (var i = 0; i < Quantiles; i++)
        {
            normals[i] = DrawNormal(random);
        }

        var (low, high) = ((double)min, (double)max);
        for (var i = 0; i < Bisections && low < high; i++)
        {
            var middle = Math.Sqrt(low * high);
            var tried = new NaturalLengths(middle, PairSigma, min, max);
            (low, high) = normals.Average(n => tried.Clip(n)) < mean ? (middle, high) : (low, middle);
        }

        return new NaturalLengths(low, PairSigma, min, max);
    }

    /// <summary>Draws one length.</summary>
    public int DrawLength(Random random) => Clip(DrawNormal(random));

    /// <summary>Draws lengths.</summary>
    public int[] DrawLengths(Random random, int count)
    {
        var lengths = new int[count];
        for (var i = 0; i < count; i++)
        {
            lengths[i] = DrawLength(random);
        }

        return lengths;
    }

    private int Clip(double normal) => (int)Math.Clamp(Median * Math.Exp(Sigma * normal), Min, Max);

    // Box and Muller's transformation of two uniform numbers to a normal one.
    private static double DrawNormal(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
