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
        var best = 0;
        for (var code = 1; code < Magnitudes.Length; code++)
        {
            var (gain, loss) = (Math.Abs(Magnitudes[code] - magnitude), Math.Abs(Magnitudes[best] - magnitude));
            best = gain < loss || (gain == loss && code % 2 == 0) ? code : best;
        }

        return double.IsNegative(value) ? best | 0x80 : best;
    }
}
