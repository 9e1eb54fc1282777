namespace Reranker.TestKit.Reference;

/// <summary>e4m3 by its definition: the list of its values, and a search for the nearest.</summary>
public static class E4M3Reference
{
    private static readonly double[] Magnitudes = [.. Enumerable.Range(0, 127).Select(code =>
        (code >> 3) == 0 ? (code & 7) * Math.Pow(2, -9) : (8 + (code & 7)) * Math.Pow(2, (code >> 3) - 10))];

    /// <summary>The value of a code that is no NaN.</summary>
    public static double Decode(int code) => (code & 0x80) == 0 ? Magnitudes[code] : -Magnitudes[code & 0x7F];

    /// <summary>The code of the nearest value, the even one of two; what is larger than all becomes the largest.</summary>
    public static int Encode(double value)
    {
        var magnitude = Math.Abs(value);
        var found = Array.BinarySearch(Magnitudes, magnitude);
        var above = found < 0 ? ~found : found;
        var best = Math.Min(above, Magnitudes.Length - 1);
        if (found < 0 && above > 0 && above < Magnitudes.Length)
        {
            var (gain, loss) = (magnitude - Magnitudes[above - 1], Magnitudes[above] - magnitude);
            best = gain < loss || (gain == loss && above % 2 == 1) ? above - 1 : above;
        }

        return double.IsNegative(value) ? best | 0x80 : best;
    }
}
