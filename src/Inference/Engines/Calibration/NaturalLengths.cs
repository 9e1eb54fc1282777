namespace Reranker.Inference.Engines.Calibration;

/// <summary>Lengths as passages have them: log-normal around a mean of 135 tokens, clipped.</summary>
internal static class NaturalLengths
{
    private const double Mean = 135;
    private const double Sigma = 0.7;
    private const int Least = 24;

    /// <summary>Tokens of each pair, from 24 to <paramref name="longest"/>.</summary>
    public static int[] Of(Random random, int pairs, int longest)
    {
        var lengths = new int[pairs];
        var mu = Math.Log(Mean) - (Sigma * Sigma / 2);
        for (var i = 0; i < pairs; i++)
        {
            // Box and Muller's transformation of two uniform numbers to a normal one.
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            lengths[i] = Math.Clamp((int)Math.Exp(mu + (Sigma * normal)), Math.Min(Least, longest), longest);
        }

        return lengths;
    }
}
