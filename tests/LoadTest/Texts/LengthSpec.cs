using System.Globalization;

namespace Reranker.LoadTest.Texts;

/// <summary>Tokens of a pair, query and special tokens included: one number, or log-normal as natural passages are.</summary>
/// <param name="Mean">Mean length, after clipping.</param>
/// <param name="Min">Shortest.</param>
/// <param name="Max">Longest.</param>
internal sealed record LengthSpec(double Mean, int Min, int Max)
{
    private const double Sigma = 0.7;
    private const int Quantiles = 4096;

    /// <summary>Passages of a search: mean 142 tokens, 24 to 512.</summary>
    public static LengthSpec Natural { get; } = new(142, 24, 512);

    /// <summary>Reads <c>natural</c>, <c>natural:MEAN</c> or a number of tokens; null when it is none of them.</summary>
    public static LengthSpec? Parse(string text)
    {
        if (text == "natural")
        {
            return Natural;
        }

        if (text.StartsWith("natural:", StringComparison.Ordinal))
        {
            return double.TryParse(text.AsSpan("natural:".Length), CultureInfo.InvariantCulture, out var mean) && mean > Natural.Min && mean < Natural.Max / 2.0
                ? Natural with { Mean = mean }
                : null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is >= 8 and <= 8192
            ? new LengthSpec(length, length, length)
            : null;
    }

    /// <summary>Draws lengths; the same random numbers give the same lengths.</summary>
    public int[] Draw(Random random, int count)
    {
        var lengths = new int[count];
        var mu = Min == Max ? 0 : Mu();
        for (var i = 0; i < count; i++)
        {
            lengths[i] = Min == Max ? Min : Clip(mu, Normal(random));
        }

        return lengths;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Min == Max
        ? Min.ToString(CultureInfo.InvariantCulture)
        : this == Natural ? "natural" : string.Create(CultureInfo.InvariantCulture, $"natural:{Mean}");

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
        for (var i = 0; i < 40; i++)
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
