using System.Numerics.Tensors;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Verification.Layers;

namespace Reranker.Onnx.Verification.Source;

/// <summary>
/// The forward pass of a checkpoint of XLM-RoBERTa or its kin, written from the architecture's definition: one pair at a time, no graph, no
/// ONNX Runtime, no transposed, folded or rounded weights. It shares nothing with the conversion but the reader of safetensors
/// and the tokenizer's code, so that what both say is right about a model.
/// </summary>
internal sealed class SourceLayers(Checkpoint checkpoint, string name) : ILayerSource
{
    private const string Embeddings = "roberta.embeddings";

    // Sums of hundreds of FP32 products in another order are this far apart at the most.
    private const double RoundingTolerance = 100;

    private readonly PairEncoder _encoder = new(checkpoint.Tokenizer);
    private readonly int _hidden = checkpoint.Shape.Hidden;

    public string Name { get; } = $"{name} (source)";

    public IReadOnlyList<string> Values { get; } = LayerValues.List(checkpoint.Shape);

    public double UsualTolerance => RoundingTolerance;

    public int FindWidth(string value) => LayerValues.FindWidth(checkpoint.Shape, value);

    public int[] EncodePair(string query, string passage, int longest)
        => _encoder.EncodePair(query, passage, Math.Min(longest, checkpoint.Shape.MaxPositions));

    public void Run(int[] ids, Action<string, ReadOnlySpan<float>> see)
    {
        var x = Embed(ids);
        see("embeddings/norm", x);
        for (var layer = 0; layer < checkpoint.Shape.Layers; layer++)
        {
            x = RunLayer(x, layer, see);
        }

        var head = Multiply(x.AsSpan(0, _hidden), "classifier.dense");
        TensorPrimitives.Tanh<float>(head, head);
        see(LayerValues.Logits, Multiply(head, "classifier.out_proj"));
    }

    public void Dispose() => checkpoint.Dispose();

    private float[] RunLayer(float[] x, int layer, Action<string, ReadOnlySpan<float>> see)
    {
        var (module, name) = ($"roberta.encoder.layer.{layer}", $"layer.{layer}");

        // Nothing reads the last layer's other tokens, so a graph has only the first one of them, and so has this pass.
        var queries = layer == checkpoint.Shape.Layers - 1 ? x[.._hidden] : x;
        float[] See(string value, float[] numbers)
        {
            see($"{name}/{value}", numbers);
            return numbers;
        }

        var q = See("attention/query", Multiply(queries, $"{module}.attention.self.query"));
        var k = See("attention/key", Multiply(x, $"{module}.attention.self.key"));
        var v = See("attention/value", Multiply(x, $"{module}.attention.self.value"));
        var context = See("attention/context", Attend(q, k, v));
        var attended = See("attention/output", Multiply(context, $"{module}.attention.output.dense"));
        TensorPrimitives.Add<float>(attended, queries, attended);
        var middle = See("attention/norm", Normalize(attended, $"{module}.attention.output.LayerNorm"));
        var inner = See("feed_forward/input", Multiply(middle, $"{module}.intermediate.dense"));
        var active = See("feed_forward/gelu", Array.ConvertAll(inner, ComputeGelu));
        var outer = See("feed_forward/output", Multiply(active, $"{module}.output.dense"));
        TensorPrimitives.Add<float>(outer, middle, outer);
        return See("feed_forward/norm", Normalize(outer, $"{module}.output.LayerNorm"));
    }

    private float[] Embed(int[] ids)
    {
        var words = checkpoint[$"{Embeddings}.word_embeddings.weight"];
        var positions = checkpoint[$"{Embeddings}.position_embeddings.weight"];
        var types = checkpoint[$"{Embeddings}.token_type_embeddings.weight"].ReadAll();
        var first = checkpoint.Shape.FirstPosition ?? ModelShape.UsualFirstPosition;
        var segment = 0;
        var sum = new float[ids.Length * _hidden];
        var place = new float[_hidden];
        for (var token = 0; token < ids.Length; token++)
        {
            var row = sum.AsSpan(token * _hidden, _hidden);
            words.Read((long)ids[token] * _hidden, row);
            positions.Read((long)(token + first) * _hidden, place);
            TensorPrimitives.Add(row, place, row);
            TensorPrimitives.Add(row, types.AsSpan(segment * _hidden, _hidden), row);
            segment = ids[token] == checkpoint.Shape.SecondSegmentAfter ? 1 : segment;
        }

        return Normalize(sum, $"{Embeddings}.LayerNorm");
    }

    // A weight is [out, in]: one output is one row times the token.
    private float[] Multiply(ReadOnlySpan<float> x, string module)
    {
        var weight = checkpoint[$"{module}.weight"].ReadAll();
        var bias = checkpoint[$"{module}.bias"].ReadAll();
        var width = weight.Length / bias.Length;
        var result = new float[x.Length / width * bias.Length];
        for (var token = 0; token < x.Length / width; token++)
        {
            var row = x.Slice(token * width, width);
            for (var o = 0; o < bias.Length; o++)
            {
                result[(token * bias.Length) + o] = bias[o] + TensorPrimitives.Dot(row, weight.AsSpan(o * width, width));
            }
        }

        return result;
    }

    private float[] Attend(float[] q, float[] k, float[] v)
    {
        var size = _hidden / checkpoint.Shape.Heads;
        var (asking, tokens) = (q.Length / _hidden, k.Length / _hidden);
        var result = new float[q.Length];
        var shares = new float[tokens];
        for (var token = 0; token < asking; token++)
        {
            for (var from = 0; from < _hidden; from += size)
            {
                var query = q.AsSpan((token * _hidden) + from, size);
                for (var other = 0; other < tokens; other++)
                {
                    shares[other] = TensorPrimitives.Dot(query, k.AsSpan((other * _hidden) + from, size)) / MathF.Sqrt(size);
                }

                TensorPrimitives.SoftMax<float>(shares, shares);
                var target = result.AsSpan((token * _hidden) + from, size);
                for (var other = 0; other < tokens; other++)
                {
                    TensorPrimitives.MultiplyAdd(v.AsSpan((other * _hidden) + from, size), shares[other], target, target);
                }
            }
        }

        return result;
    }

    private float[] Normalize(float[] x, string module)
    {
        var (gain, bias) = (checkpoint[$"{module}.weight"].ReadAll(), checkpoint[$"{module}.bias"].ReadAll());
        var result = new float[x.Length];
        for (var token = 0; token < x.Length; token += _hidden)
        {
            double mean = 0, variance = 0;
            for (var i = token; i < token + _hidden; i++)
            {
                mean += x[i];
            }

            mean /= _hidden;
            for (var i = token; i < token + _hidden; i++)
            {
                variance += (x[i] - mean) * (x[i] - mean);
            }

            var deviation = Math.Sqrt((variance / _hidden) + checkpoint.Shape.LayerNormEpsilon);
            for (var i = 0; i < _hidden; i++)
            {
                result[token + i] = (float)((x[token + i] - mean) / deviation * gain[i]) + bias[i];
            }
        }

        return result;
    }

    private static float ComputeGelu(float x) => (float)(0.5 * x * (1 + ComputeErf(x / Math.Sqrt(2))));

    // A power series near zero, where nothing cancels, and a continued fraction for the rest beyond it.
    private static double ComputeErf(double x)
    {
        const double Border = 2;
        var magnitude = Math.Abs(x);
        if (magnitude > Border)
        {
            var fraction = 0.0;
            for (var n = 60; n > 0; n--)
            {
                fraction = n / 2.0 / (magnitude + fraction);
            }

            return Math.Sign(x) * (1 - (Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (magnitude + fraction))));
        }

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-16 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
