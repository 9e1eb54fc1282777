using System.Numerics.Tensors;

namespace Reranker.Onnx.Quantization;

/// <summary>
/// Moves the unevenness of activation channels into the weights, where a scale a column absorbs it: x·W = (x/s)·(s·W).
/// </summary>
/// <remarks>Xiao et al., "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models", 2023.</remarks>
internal static class ChannelSmoothing
{
    private const float Smallest = 1e-5f;

    /// <summary>The factors s, one a channel.</summary>
    /// <param name="inputMax">Largest magnitude of each channel of the input.</param>
    /// <param name="weightMax">Largest magnitude of each row of the weights.</param>
    /// <param name="strength">0 leaves the input as it is, 1 makes all its channels equally large.</param>
    public static float[] ComputeFactors(ReadOnlySpan<float> inputMax, ReadOnlySpan<float> weightMax, float strength)
    {
        var factors = new float[inputMax.Length];
        for (var i = 0; i < factors.Length; i++)
        {
            factors[i] = MathF.Pow(MathF.Max(inputMax[i], Smallest), strength)
                / MathF.Pow(MathF.Max(weightMax[i], Smallest), 1 - strength);
        }

        // Only the ratios matter; a geometric mean of 1 keeps numbers in their usual range.
        var mean = MathF.Exp(factors.Average(MathF.Log));
        TensorPrimitives.Divide(factors, mean, factors);
        return factors;
    }
}
