using System.Numerics.Tensors;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Quantization;

/// <summary>Runs the FP32 graph on the calibration texts and keeps the largest magnitude of every channel.</summary>
internal static class CalibrationRun
{
    /// <summary>Largest magnitudes by the name of the quantized input.</summary>
    /// <param name="graphPath">An FP32 padded graph with the inputs of all quantized modules among its outputs.</param>
    /// <param name="inputs">The inputs of interest.</param>
    /// <param name="pairs">Token ids of the calibration pairs.</param>
    /// <param name="cancellationToken">Ends the calibration.</param>
    /// <param name="frugal">True keeps memory low, as in <see cref="GraphRunner.Load"/>.</param>
    public static Dictionary<string, float[]> MeasureRanges(
        string graphPath, IReadOnlyList<QuantizedInput> inputs, IReadOnlyList<int[]> pairs, CancellationToken cancellationToken, bool frugal = false)
    {
        using var runner = GraphRunner.Load(graphPath, frugal, threads: Environment.ProcessorCount);
        var max = inputs.ToDictionary(i => i.Value, i => new float[i.Channels]);
        var names = inputs.Select(i => i.Value).ToArray();
        foreach (var pair in pairs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var ids = pair.Select(id => (long)id).ToArray();
            var mask = new long[ids.Length];
            Array.Fill(mask, 1);
            using var results = runner.RunRows(ids, mask, [1, ids.Length], names);
            for (var i = 0; i < names.Length; i++)
            {
                WidenRanges(max[names[i]], results[i].GetTensorDataAsSpan<float>());
            }
        }

        return max;
    }

    /// <summary>The calibration pairs in a model's own ids.</summary>
    public static IReadOnlyList<int[]> EncodeCalibrationPairs(string tokenizerPath, ModelShape shape)
    {
        var tokenizer = XlmRobertaTokenizer.Load(tokenizerPath);
        return [.. CalibrationTexts.Pairs.Select(pair => PairEncoding.EncodePair(tokenizer, pair.Query, pair.Passage, shape.MaxPositions))];
    }

    private static void WidenRanges(Span<float> max, ReadOnlySpan<float> values)
    {
        var row = new float[max.Length];
        for (; !values.IsEmpty; values = values[max.Length..])
        {
            TensorPrimitives.Abs(values[..max.Length], row);
            TensorPrimitives.Max(max, row, max);
        }
    }
}
