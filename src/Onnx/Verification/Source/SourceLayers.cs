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
    private readonly SourceArithmetic _weights = new(checkpoint);
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

        var head = _weights.Multiply(x.AsSpan(0, _hidden), "classifier.dense");
        TensorPrimitives.Tanh<float>(head, head);
        see(LayerValues.Logits, _weights.Multiply(head, "classifier.out_proj"));
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

        var q = See("attention/query", _weights.Multiply(queries, $"{module}.attention.self.query"));
        var k = See("attention/key", _weights.Multiply(x, $"{module}.attention.self.key"));
        var v = See("attention/value", _weights.Multiply(x, $"{module}.attention.self.value"));
        var context = See("attention/context", Attend(q, k, v));
        var attended = See("attention/output", _weights.Multiply(context, $"{module}.attention.output.dense"));
        TensorPrimitives.Add<float>(attended, queries, attended);
        var middle = See("attention/norm", _weights.Normalize(attended, $"{module}.attention.output.LayerNorm"));
        var inner = See("feed_forward/input", _weights.Multiply(middle, $"{module}.intermediate.dense"));
        var active = See("feed_forward/gelu", Array.ConvertAll(inner, SourceArithmetic.ComputeGelu));
        var outer = See("feed_forward/output", _weights.Multiply(active, $"{module}.output.dense"));
        TensorPrimitives.Add<float>(outer, middle, outer);
        return See("feed_forward/norm", _weights.Normalize(outer, $"{module}.output.LayerNorm"));
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

        return _weights.Normalize(sum, $"{Embeddings}.LayerNorm");
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
}
