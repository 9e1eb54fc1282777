namespace Reranker.Inference.Benchmarks;

/// <summary>Lengths of pairs as a search gives them: log-normal, clipped, with the mean that was asked for after clipping.</summary>
/// <param name="Mean">Mean length in tokens.</param>
/// <param name="Min">Shortest.</param>
/// <param name="Max">Longest.</param>
public sealed record LengthDistribution(double Mean, int Min, int Max)
{
    private const double Sigma = 0.7;
    private const int Quantiles = 4096;
    private const int Bisections = 40;

    /// <summary>Mean 142 tokens, 24 to 512.</summary>
    public static LengthDistribution Default { get; } = new(142, 24, 512);

    /// <summary>Draws lengths; the same random numbers give the same lengths.</summary>
    public int[] Draw(Random random, int count)
    {
        ArgumentNullException.ThrowIfNull(random);
        var lengths = new int[count];
        var mu = Min == Max ? Math.Log(Min) : Mu();
        for (var i = 0; i < count; i++)
        {
            lengths[i] = Clip(mu, Normal(random));
        }

        return lengths;
    }

    // Clipping moves the mean; the median is the one whose clipped distribution has the mean that was asked for.
    private double Mu()
    {
        var random = new Random(1);
        var normals = new double[Quantiles];
        for (var i = 0; i < Quantiles; i++)
        {
            normals[i] = Normal(random);
        }

        var (low, high) = (Math.Log(Min), Math.Log(Max));
        for (var i = 0; i < Bisections; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = normals.Average(n => Clip(middle, n)) < Mean ? (middle, high) : (low, middle);
        }

        return low;
    }

    private int Clip(double mu, double normal) => Math.Clamp((int)Math.Round(Math.Exp(mu + (Sigma * normal))), Min, Max);

    // Box and Muller's transformation of two uniform numbers to a normal one.
    private static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
