using System.Diagnostics.CodeAnalysis;

namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>The numbers that a quantized value may have before it is multiplied with its scale. Both formats are symmetric.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "INT8 is the name of the format.")]
public sealed class QuantizedFormat
{
    // e4m3 has 3 bits behind the leading one, and steps of 2^-9 below 2^-6.
    private const int DroppedBits = 20;
    private const float SmallestNormal = 1f / 64;
    private const float SubnormalSteps = 512;

    private readonly Func<float, float> _round;

    private QuantizedFormat(string name, float maxLevel, RangeRule usual, Func<float, float> round)
        => (Name, MaxLevel, UsualRule, _round) = (name, maxLevel, usual, round);

    /// <summary>
    /// Integers from −127 to 127. Clipping a few values in ten thousand buys finer steps for the others, which on the bundled
    /// model's weights lost less of the ranking than the whole range did.
    /// </summary>
    public static QuantizedFormat Int8 { get; } = new("int8-qdq", 127, new RangeRule(RangeMethod.Percentile), MathF.Round);

    /// <summary>
    /// e4m3: numbers with three bits behind the leading one, up to 448. Its steps are relative, so clipping gains next to nothing
    /// and costs the values it clips: the maximum is its usual range.
    /// </summary>
    public static QuantizedFormat Fp8 { get; } = new("fp8", 448, new RangeRule(RangeMethod.Max), RoundE4M3);

    /// <summary>Both formats.</summary>
    public static IReadOnlyList<QuantizedFormat> All { get; } = [Fp8, Int8];

    /// <summary>The precision of a model that has it.</summary>
    public string Name { get; }

    /// <summary>The largest number: a range of r has the scale r / MaxLevel.</summary>
    public float MaxLevel { get; }

    /// <summary>How ranges are found where nobody says how.</summary>
    public RangeRule UsualRule { get; }

    /// <summary>The nearest number of the format, even ones on a tie; what is beyond the largest becomes the largest.</summary>
    public float RoundToLevel(float value) => Math.Clamp(_round(value), -MaxLevel, MaxLevel);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static float RoundE4M3(float value)
    {
        if (MathF.Abs(value) < SmallestNormal)
        {
            return MathF.Round(value * SubnormalSteps) / SubnormalSteps;
        }

        var bits = BitConverter.SingleToUInt32Bits(value);
        bits += (1u << (DroppedBits - 1)) - 1 + ((bits >> DroppedBits) & 1);
        return BitConverter.UInt32BitsToSingle(bits & ~((1u << DroppedBits) - 1));
    }
}
