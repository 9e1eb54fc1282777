using System.Numerics.Tensors;
using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Verification.Layers;

namespace Reranker.Onnx.Verification.Source;

/// <summary>
/// The forward pass of a checkpoint of XLM-RoBERTa or its kin, written from the architecture's definition: one pair at a time, no graph, no
/// ONNX Runtime, no transposed, folded or rounded weights. It shares nothing with the conversion but the reader of safetensors
/// and the tokenizer's code, so that what both say is right about a model.
/// </summary>
internal sealed class SourceLayers(Checkpoint checkpoint, string name) : CheckpointLayers(checkpoint, name)
{
    private const string Embeddings = "roberta.embeddings";

    protected override void RunPass(int[] ids, PassSteps steps)
    {
        var x = steps.ShowValue(LayerValues.First, Embed(ids));
        for (var layer = 0; layer < Source.Shape.Layers; layer++)
        {
            x = RunLayer(x, layer, steps);
        }

        var head = Weights.Multiply(x.AsSpan(0, Hidden), "classifier.dense");
        TensorPrimitives.Tanh<float>(head, head);
        steps.ShowValue(LayerValues.Logits, Weights.Multiply(head, "classifier.out_proj"));
    }

    private float[] RunLayer(float[] x, int layer, PassSteps steps)
    {
        var (module, name) = ($"roberta.encoder.layer.{layer}", $"layer.{layer}");

        // Nothing reads the last layer's other tokens, so a graph has only the first one of them, and so has this pass.
        var queries = layer == Source.Shape.Layers - 1 ? x[..Hidden] : x;
        float[] See(string value, float[] numbers) => steps.ShowValue($"{name}/{value}", numbers);
        float[] Read(string value, float[] numbers) => steps.RoundForProduct($"{name}/{value}", numbers);

        var read = steps.RoundForProduct(PaddedGraph.NameLayerInput(layer), x);
        var q = See("attention/query", Weights.Multiply(layer == Source.Shape.Layers - 1 ? queries : read, $"{module}.attention.self.query"));
        var k = See("attention/key", Weights.Multiply(read, $"{module}.attention.self.key"));
        var v = See("attention/value", Weights.Multiply(read, $"{module}.attention.self.value"));
        var context = See("attention/context", Attend(q, k, v));
        var attended = See("attention/output", Weights.Multiply(Read("attention/context", context), $"{module}.attention.output.dense"));
        TensorPrimitives.Add<float>(attended, queries, attended);
        var middle = See("attention/norm", Weights.Normalize(attended, $"{module}.attention.output.LayerNorm"));
        var inner = See("feed_forward/input", Weights.Multiply(Read("attention/norm", middle), $"{module}.intermediate.dense"));
        var active = See("feed_forward/gelu", Array.ConvertAll(inner, SourceArithmetic.ComputeGelu));
        var outer = See("feed_forward/output", Weights.Multiply(Read("feed_forward/gelu", active), $"{module}.output.dense"));
        TensorPrimitives.Add<float>(outer, middle, outer);
        return See("feed_forward/norm", Weights.Normalize(outer, $"{module}.output.LayerNorm"));
    }

    private float[] Embed(int[] ids)
    {
        var words = Source[$"{Embeddings}.word_embeddings.weight"];
        var positions = Source[$"{Embeddings}.position_embeddings.weight"];
        var types = Source[$"{Embeddings}.token_type_embeddings.weight"].ReadAll();
        var first = Source.Shape.FirstPosition ?? ModelShape.UsualFirstPosition;
        var segment = 0;
        var sum = new float[ids.Length * Hidden];
        var place = new float[Hidden];
        for (var token = 0; token < ids.Length; token++)
        {
            var row = sum.AsSpan(token * Hidden, Hidden);
            words.Read((long)ids[token] * Hidden, row);
            positions.Read((long)(token + first) * Hidden, place);
            TensorPrimitives.Add(row, place, row);
            TensorPrimitives.Add(row, types.AsSpan(segment * Hidden, Hidden), row);
            segment = ids[token] == Source.Shape.SecondSegmentAfter ? 1 : segment;
        }

        return Weights.Normalize(sum, $"{Embeddings}.LayerNorm");
    }

    private float[] Attend(float[] q, float[] k, float[] v)
    {
        var size = Hidden / Source.Shape.Heads;
        var (asking, tokens) = (q.Length / Hidden, k.Length / Hidden);
        var result = new float[q.Length];
        var shares = new float[tokens];
        for (var token = 0; token < asking; token++)
        {
            for (var from = 0; from < Hidden; from += size)
            {
                var query = q.AsSpan((token * Hidden) + from, size);
                for (var other = 0; other < tokens; other++)
                {
                    shares[other] = TensorPrimitives.Dot(query, k.AsSpan((other * Hidden) + from, size)) / MathF.Sqrt(size);
                }

                TensorPrimitives.SoftMax<float>(shares, shares);
                var target = result.AsSpan((token * Hidden) + from, size);
                for (var other = 0; other < tokens; other++)
                {
                    TensorPrimitives.MultiplyAdd(v.AsSpan((other * Hidden) + from, size), shares[other], target, target);
                }
            }
        }

        return result;
    }
}
