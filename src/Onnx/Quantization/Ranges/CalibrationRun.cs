using System.Numerics.Tensors;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>Runs an FP32 graph on pairs and keeps what it sees of the values that are quantized.</summary>
internal static class CalibrationRun
{
    /// <summary>Runs all pairs.</summary>
    /// <param name="runner">An FP32 padded graph with the values among its outputs.</param>
    /// <param name="inputs">The values.</param>
    /// <param name="text">What the pairs are.</param>
    /// <param name="pairs">Their ids.</param>
    /// <param name="factors">What channels of a value are divided by before they are counted, by the value's name; null for none.</param>
    /// <param name="progress">Told of every pair, or null.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="CheckpointException">A value is not finite.</exception>
    public static CalibrationStatistics MeasureValues(
        GraphRunner runner, IReadOnlyList<QuantizedInput> inputs, CalibrationText text, IReadOnlyList<int[]> pairs,
        IReadOnlyDictionary<string, float[]>? factors, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var names = inputs.Select(i => i.Value).ToArray();
        var seen = new OrderedDictionary<string, ValueStatistics>();
        foreach (var input in inputs)
        {
            seen.Add(input.Value, new ValueStatistics(input.Channels));
        }

        for (var done = 0; done < pairs.Count; done++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(new ImportProgress("calibrate", null, done, pairs.Count));
            var ids = Array.ConvertAll(pairs[done], id => (long)id);
            var mask = new long[ids.Length];
            Array.Fill(mask, 1);
            using var results = runner.RunRows(ids, mask, [1, ids.Length], names);
            for (var i = 0; i < names.Length; i++)
            {
                var values = results[i].GetTensorMutableDataAsSpan<float>();
                if (factors is not null && factors.TryGetValue(names[i], out var divisors))
                {
                    DivideRows(values, divisors);
                }

                if (!seen[names[i]].TryAddRows(values))
                {
                    throw new CheckpointException(names[i], "is not finite for a calibration pair");
                }
            }
        }

        return new CalibrationStatistics(text, seen);
    }

    private static void DivideRows(Span<float> values, float[] divisors)
    {
        for (; !values.IsEmpty; values = values[divisors.Length..])
        {
            TensorPrimitives.Divide(values[..divisors.Length], divisors, values[..divisors.Length]);
        }
    }
}
