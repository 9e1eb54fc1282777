using System.Numerics.Tensors;

namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>What calibration saw of one value: its magnitudes, its ends, and the largest magnitude of every channel.</summary>
/// <param name="channels">Length of its last axis.</param>
internal sealed class ValueStatistics(int channels)
{
    private readonly float[] _row = new float[channels];

    /// <summary>How often magnitudes occurred.</summary>
    public MagnitudeHistogram Histogram { get; } = new();

    /// <summary>The largest magnitude of every channel.</summary>
    public float[] ChannelMax { get; } = new float[channels];

    /// <summary>The smallest value.</summary>
    public float Min { get; private set; } = float.PositiveInfinity;

    /// <summary>The largest value.</summary>
    public float Max { get; private set; } = float.NegativeInfinity;

    /// <summary>Adds rows of all channels; false, and nothing is added, where one is not finite.</summary>
    public bool TryAddRows(ReadOnlySpan<float> values)
    {
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude(values)))
        {
            return false;
        }

        Min = MathF.Min(Min, TensorPrimitives.Min(values));
        Max = MathF.Max(Max, TensorPrimitives.Max(values));
        Histogram.AddValues(values);
        for (; !values.IsEmpty; values = values[_row.Length..])
        {
            TensorPrimitives.Abs(values[.._row.Length], _row);
            TensorPrimitives.Max(ChannelMax, _row, ChannelMax);
        }

        return true;
    }
}
