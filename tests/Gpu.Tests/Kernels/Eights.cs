namespace Reranker.Gpu.Tests.Kernels;

/// <summary>e4m3 by its definition: 4 bits of exponent with bias 7, 3 of mantissa, 448 the largest, no infinities.</summary>
internal static class Eights
{
    public const double Largest = 448;

    private const int ExponentBias = 7;
    private const double MantissaSteps = 8;

    public static double Decode(byte bits)
    {
        var (exponent, mantissa) = ((bits >> 3) & 15, bits & 7);
        if (exponent == 15 && mantissa == 7)
        {
            return double.NaN;
        }

        var magnitude = exponent == 0
            ? mantissa / MantissaSteps * Math.Pow(2, 1 - ExponentBias)
            : (1 + (mantissa / MantissaSteps)) * Math.Pow(2, exponent - ExponentBias);
        return (bits & 0x80) == 0 ? magnitude : -magnitude;
    }

    /// <summary>Random numbers that are none of the two that are no number.</summary>
    public static byte[] CreateRandom(Random random, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            // Up to 8: sums of thousands of products of larger ones would leave FP16.
            bytes[i] = (byte)(random.Next(0x51) | (random.Next(2) << 7));
        }

        return bytes;
    }

    /// <summary>Asserts that a byte is what a number rounds to, but for a last bit where the number itself was not known exactly.</summary>
    public static void AssertRounded(double expected, byte actual, double slack)
    {
        var clamped = Math.Clamp(expected, -Largest, Largest);
        var step = Math.Max(Math.Pow(2, Math.Floor(Math.Log2(Math.Max(Math.Abs(clamped), 1e-9)))), Math.Pow(2, 1 - ExponentBias)) / MantissaSteps;
        Assert.True(Math.Abs(Decode(actual) - clamped) <= (step / 2) + slack, $"{expected} became {Decode(actual)}");
    }
}
