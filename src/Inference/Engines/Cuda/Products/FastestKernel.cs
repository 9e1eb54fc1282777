namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>Finds the fastest of several kernels by measuring them in turns, so that a change of the card's clock meets all of them.</summary>
internal static class FastestKernel
{
    private const int Rounds = 3;

    // What is within the error of a measurement is left to cuBLASLt's own order.
    private const float MinGain = 0.98f;

    // One round may have met a slow moment of the card; what is so far behind after two is left out of the third.
    private const int RoundsOfAll = 2;
    private const float MostBehind = 1.25f;

    /// <summary>The place of the fastest one; the first one unless another is clearly faster. -1 when none works.</summary>
    /// <param name="count">How many there are, the expected best first.</param>
    /// <param name="measure">Time of one, by its place; infinity when it does not work.</param>
    public static int FindFastest(int count, Func<int, float> measure)
    {
        var times = new float[count];
        Array.Fill(times, float.PositiveInfinity);
        for (var round = 0; round < Rounds; round++)
        {
            // What failed in the first round is not tried again.
            var most = round == 0 ? float.PositiveInfinity : round < RoundsOfAll ? float.MaxValue : MostBehind * times.DefaultIfEmpty().Min();
            for (var i = 0; i < count; i++)
            {
                if (times[i] <= most)
                {
                    times[i] = Math.Min(times[i], measure(i));
                }
            }
        }

        var best = -1;
        for (var i = 0; i < count; i++)
        {
            if (float.IsFinite(times[i]) && (best < 0 || times[i] < MinGain * times[best]))
            {
                best = i;
            }
        }

        return best;
    }
}
