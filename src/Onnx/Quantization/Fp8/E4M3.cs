namespace Reranker.Onnx.Quantization.Fp8;

/// <summary>
/// FP8 e4m3 as bytes: sign, 4 bits of exponent (bias 7), 3 of mantissa, no infinities, ±448 at most. Rounding is to nearest, ties
/// to even; what is larger saturates.
/// </summary>
/// <remarks>Micikevicius et al., "FP8 Formats for Deep Learning", 2022.</remarks>
internal static class E4M3
{
    /// <summary>Largest finite value.</summary>
    public const float Max = 448;

    private const byte NaN = 0x7F;
    private const byte Largest = 0x7E;
    private const int MantissaBits = 3;
    private const int Implicit = 1 << MantissaBits;
    private const int MinExponent = -6;
    private const int Bias = 7;

    /// <summary>The nearest e4m3.</summary>
    public static byte FromSingle(float value)
    {
        var sign = (byte)(float.IsNegative(value) ? 0x80 : 0);
        var magnitude = MathF.Abs(value);
        if (float.IsNaN(value))
        {
            return (byte)(sign | NaN);
        }

        if (magnitude >= Max)
        {
            return (byte)(sign | Largest);
        }

        // Below 2^-6 the steps stay as large as they are there. ILogB of a subnormal is far below, so the maximum holds for it too.
        var exponent = magnitude == 0 ? MinExponent : Math.Max(MathF.ILogB(magnitude), MinExponent);
        var steps = (int)MathF.Round(MathF.ScaleB(magnitude, MantissaBits - exponent), MidpointRounding.ToEven);

        // Steps that fill the mantissa carry into the exponent by the sum.
        return (byte)(sign | (steps + ((exponent - MinExponent) * Implicit)));
    }

    /// <summary>The value of an e4m3.</summary>
    public static float ToSingle(byte code)
    {
        if ((code & NaN) == NaN)
        {
            return float.NaN;
        }

        var (field, mantissa) = ((code >> MantissaBits) & 0xF, code & (Implicit - 1));
        var magnitude = field == 0
            ? MathF.ScaleB(mantissa, MinExponent - MantissaBits)
            : MathF.ScaleB(Implicit + mantissa, field - Bias - MantissaBits);
        return (code & 0x80) == 0 ? magnitude : -magnitude;
    }

    /// <summary>Rounds <c>value / scale</c> for every value.</summary>
    public static void Quantize(ReadOnlySpan<float> values, float scale, Span<byte> codes)
    {
        for (var i = 0; i < values.Length; i++)
        {
            codes[i] = FromSingle(values[i] / scale);
        }
    }
}
