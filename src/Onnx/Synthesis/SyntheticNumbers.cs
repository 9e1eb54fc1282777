namespace Reranker.Onnx.Synthesis;

/// <summary>
/// Uniform numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom
/// number generators", 2014) and arithmetic that IEEE 754 rounds in one way only.
/// </summary>
internal sealed class SyntheticNumbers(ulong seed)
{
    private const float Unit = 1f / (1 << 23);

    private ulong _state = seed;

    /// <summary>Fills with values of the given mean and standard deviation.</summary>
    public void Fill(Span<float> values, float mean, float deviation)
    {
        // A uniform distribution on [-a, a] has the standard deviation a/√3.
        var scale = deviation * 1.7320508f * Unit;
        var i = 0;
        for (; i + 1 < values.Length; i += 2)
        {
            var bits = Next();
            values[i] = mean + (ToSigned((uint)bits) * scale);
            values[i + 1] = mean + (ToSigned((uint)(bits >> 32)) * scale);
        }

        if (i < values.Length)
        {
            values[i] = mean + (ToSigned((uint)Next()) * scale);
        }
    }

    /// <summary>A number from 0 up to <paramref name="limit"/>, not included.</summary>
    public int Next(int limit) => (int)(Next() % (ulong)limit);

    private static int ToSigned(uint bits) => (int)(bits >> 8) - (1 << 23);

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
