namespace Reranker.Onnx.Quantization;

/// <summary>
/// Symmetric INT8 with one scale a channel. The range is the one with the smallest squared error, which is below the
/// largest magnitude where a channel has few large values.
/// </summary>
internal static class ChannelQuantizer
{
    private const int MaxLevel = 127;

    // The smallest normal FP16 number: a smaller scale loses digits, and TensorRT refuses zero.
    private const float MinHalfScale = 6.2e-5f;

    // Ranges that are tried, as shares of the largest magnitude. 0.7 is a choice, not a measured optimum.
    private const int Steps = 16;
    private const float SmallestShare = 0.7f;

    /// <summary>Quantizes one channel whose values lie <paramref name="stride"/> apart.</summary>
    /// <param name="values">The matrix.</param>
    /// <param name="first">Index of the channel's first value.</param>
    /// <param name="stride">Distance between its values.</param>
    /// <param name="count">Number of its values.</param>
    /// <param name="quantized">Receives the levels at the same indices.</param>
    /// <param name="minScale">The scale is never below it; for scales that are stored in fewer digits.</param>
    /// <returns>The scale: value ≈ level × scale.</returns>
    public static float QuantizeChannel(ReadOnlySpan<float> values, int first, int stride, int count, Span<sbyte> quantized, float minScale = 0)
    {
        var max = 0f;
        for (var i = 0; i < count; i++)
        {
            max = MathF.Max(max, MathF.Abs(values[first + (i * stride)]));
        }

        if (max == 0)
        {
            return 1;
        }

        var scale = MathF.Max(FindBestScale(values, first, stride, count, max), minScale);
        for (var i = 0; i < count; i++)
        {
            var at = first + (i * stride);
            quantized[at] = (sbyte)RoundToLevel(values[at], scale);
        }

        return scale;
    }

    /// <summary>Quantizes every row of a matrix by itself, with scales that FP16 holds.</summary>
    /// <param name="values">The rows.</param>
    /// <param name="width">Length of a row.</param>
    /// <param name="quantized">Receives the levels.</param>
    /// <param name="scales">Receives the scale of every row.</param>
    public static void QuantizeRows(ReadOnlySpan<float> values, int width, Span<sbyte> quantized, Span<float> scales)
    {
        for (var row = 0; row < scales.Length; row++)
        {
            scales[row] = QuantizeChannel(values, row * width, 1, width, quantized, MinHalfScale);
        }
    }

    private static float FindBestScale(ReadOnlySpan<float> values, int first, int stride, int count, float max)
    {
        var (best, bestError) = (max / MaxLevel, double.MaxValue);
        for (var step = 0; step < Steps; step++)
        {
            var scale = max * (1 - (step * (1 - SmallestShare) / (Steps - 1))) / MaxLevel;
            var error = 0.0;
            for (var i = 0; i < count; i++)
            {
                var value = values[first + (i * stride)];
                var difference = value - (RoundToLevel(value, scale) * scale);
                error += difference * difference;
            }

            if (error < bestError)
            {
                (best, bestError) = (scale, error);
            }
        }

        return best;
    }

    private static float RoundToLevel(float value, float scale) => Math.Clamp(MathF.Round(value / scale), -MaxLevel, MaxLevel);
}
