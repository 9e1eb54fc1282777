using System.Numerics.Tensors;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Onnx.Quantization.Folding;

/// <summary>Smoothing factors of all inputs that something before them can be divided by.</summary>
internal static class SmoothingFactors
{
    /// <summary>The factors by the name of the value: its channels are divided by them, and the weights behind multiplied.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="statistics">What calibration saw of the values as they are.</param>
    /// <param name="strength">0 leaves a value as it is, 1 makes all its channels equally large.</param>
    public static IReadOnlyDictionary<string, float[]> ComputeFactors(Checkpoint checkpoint, CalibrationStatistics statistics, float strength)
        => QuantizedLinears.ListInputs(checkpoint.Shape).Where(FactorFolding.CanFold).ToDictionary(
            input => input.Value,
            input => ChannelSmoothing.ComputeFactors(statistics.Values[input.Value].ChannelMax, FindWeightMax(checkpoint, input), strength));

    private static float[] FindWeightMax(Checkpoint checkpoint, QuantizedInput input)
    {
        var max = new float[input.Channels];
        foreach (var module in input.Modules)
        {
            var matrix = checkpoint[TensorNames.NameWeight(module)].ReadAll();
            for (var row = matrix.AsSpan(); !row.IsEmpty; row = row[input.Channels..])
            {
                TensorPrimitives.MaxMagnitude<float>(max, row[..input.Channels], max);
            }
        }

        TensorPrimitives.Abs(max, max);
        return max;
    }
}
