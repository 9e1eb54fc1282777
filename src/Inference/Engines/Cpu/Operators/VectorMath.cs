using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>Functions of sixteen FP32 numbers at once, and how they are read from rows of any width.</summary>
internal static unsafe class VectorMath
{
    /// <summary>Numbers of a vector.</summary>
    public const int Width = 16;

    private const float LogarithmOfTwo = 0.693147181f;

    // exp() of anything below is a number that FP32 holds with all its digits; zero would be no nearer to what a sum can see.
    private const float SmallestExponent = -87f;

    // 1.5 · 2^23: a sum with it rounds to a whole number, which is then in the lowest bits.
    private const float Rounding = 12_582_912f;

    // Beyond it the normal distribution is 0 or 1 to 3e-7.
    private const float GeluReach = 5f;

    /// <summary>How many of so many numbers come in whole vectors.</summary>
    public static int CountWhole(int count) => count & -Width;

    /// <summary>The largest of sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FindLargest(Vector512<float> values)
    {
        var eight = Vector256.MaxNative(values.GetLower(), values.GetUpper());
        var four = Vector128.MaxNative(eight.GetLower(), eight.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }

    /// <summary>The sum of sixteen numbers, in an order that does not depend on the processor: halves are added until one number is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> values)
    {
        var eight = values.GetLower() + values.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    /// <summary>e to the power of numbers up to 80.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exponentiate(Vector512<float> x)
    {
        x = Vector512.MaxNative(x, Vector512.Create(SmallestExponent));
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1 / LogarithmOfTwo), Vector512.Create(Rounding));
        var rest = Vector512.FusedMultiplyAdd(shifted - Vector512.Create(Rounding), Vector512.Create(-LogarithmOfTwo), x);
        var power = Vector512.Create(1f / 720);
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512.Create(1f / 120));
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512.Create(1f / 24));
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512.Create(1f / 6));
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512.Create(0.5f));
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512<float>.One);
        power = Vector512.FusedMultiplyAdd(power, rest, Vector512<float>.One);

        // The whole power of two goes into the exponent's bits.
        return (power.AsInt32() + Vector512.ShiftLeft(shifted.AsInt32(), 23)).AsSingle();
    }

    /// <summary>
    /// GELU, x · Φ(x), with the exact normal distribution, within 2.1e-6. (Φ(x) - 1/2) / x is a least-squares fit, at Chebyshev nodes, by a polynomial
    /// of x² over the reach, mapped to -1 … 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ActivateGelu(Vector512<float> x)
    {
        var near = Vector512.MinNative(Vector512.MaxNative(x, Vector512.Create(-GeluReach)), Vector512.Create(GeluReach));
        var place = Vector512.FusedMultiplyAdd(near * near, Vector512.Create(2 / (GeluReach * GeluReach)), Vector512.Create(-1f));
        var fit = Vector512.Create(0.000735376379f);
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(-0.00167673093f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(0.00137459615f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(-0.0025269168f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(0.00676652743f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(-0.011307125f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(0.0162360892f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(-0.0232131276f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(0.0314767584f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(-0.0404512808f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(0.0515179299f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(-0.0702959076f));
        fit = Vector512.FusedMultiplyAdd(fit, place, Vector512.Create(0.141363814f));
        var share = Vector512.FusedMultiplyAdd(near, fit, Vector512.Create(0.5f));
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-GeluReach)), Vector512<float>.Zero, x * share);
    }

    /// <summary>
    /// Numbers of the end of a row that are no whole vector, with a value behind them. Calls belong behind a loop: inside they cost it its registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector512<float> LoadPart(float* from, int count, float behind = 0)
    {
        var values = stackalloc float[Width];
        for (var i = 0; i < Width; i++)
        {
            values[i] = i < count ? from[i] : behind;
        }

        return Vector512.Load(values);
    }

    /// <summary>Writes as many numbers as there is room for at the end of a row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StorePart(Vector512<float> value, float* to, int count)
    {
        var values = stackalloc float[Width];
        value.Store(values);
        for (var i = 0; i < count; i++)
        {
            to[i] = values[i];
        }
    }
}
