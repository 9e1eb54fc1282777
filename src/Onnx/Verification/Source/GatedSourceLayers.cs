using System.Numerics.Tensors;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Verification.Layers;

namespace Reranker.Onnx.Verification.Source;

/// <summary>
/// The forward pass of a gte checkpoint (NewModel), as <see cref="SourceLayers"/> is XLM-RoBERTa's: positions turned where attention reads
/// them, a gated feed-forward, and normalization behind each sublayer.
/// </summary>
internal sealed class GatedSourceLayers(Checkpoint checkpoint, string name) : CheckpointLayers(checkpoint, name)
{
    private readonly RotaryArithmetic _rotary = new(checkpoint.Shape);

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

    private float[] Embed(int[] ids)
    {
        var row = Source["roberta.embeddings.segment_row"].ReadAll();
        var sum = new float[ids.Length * Hidden];
        for (var token = 0; token < ids.Length; token++)
        {
            var word = sum.AsSpan(token * Hidden, Hidden);
            Source["roberta.embeddings.word_embeddings.weight"].Read((long)ids[token] * Hidden, word);
            TensorPrimitives.Add(word, row, word);
        }

        return Weights.Normalize(sum, "roberta.embeddings.LayerNorm");
    }

    private float[] RunLayer(float[] x, int layer, PassSteps steps)
    {
        var (module, name, shape) = ($"roberta.encoder.layer.{layer}", $"layer.{layer}", Source.Shape.Rotary!);
        float[] See(string value, float[] numbers) => steps.ShowValue($"{name}/{value}", numbers);
        float[] Read(string value, float[] numbers) => steps.RoundForProduct($"{name}/{value}", numbers);

        // As in SourceLayers: nothing reads the last layer's other tokens.
        var queries = layer == Source.Shape.Layers - 1 ? x[..Hidden] : x;
        float[] Turn(float[] numbers) => _rotary.Turn(numbers, shape.GlobalBase, shape.FrequencyDivisor ?? 1);
        var read = steps.RoundForProduct(PaddedGraph.NameLayerInput(layer), x);
        var q = See("attention/query", Weights.Multiply(layer == Source.Shape.Layers - 1 ? queries : read, $"{module}.attention.self.query"));
        var k = See("attention/key", Weights.Multiply(read, $"{module}.attention.self.key"));
        var v = See("attention/value", Weights.Multiply(read, $"{module}.attention.self.value"));
        var context = See("attention/context", _rotary.Attend(Turn(q), Turn(k), v, int.MaxValue));
        var attended = See("attention/output", Weights.Multiply(Read("attention/context", context), $"{module}.attention.output.dense"));
        TensorPrimitives.Add<float>(attended, queries, attended);
        var middle = See("attention/norm", Weights.Normalize(attended, $"{module}.attention.output.LayerNorm"));
        var inner = See("feed_forward/input", Weights.Multiply(Read("attention/norm", middle), $"{module}.intermediate.dense"));
        var outer = See("feed_forward/output", Weights.Multiply(Read("feed_forward/gelu", See("feed_forward/gelu", _rotary.Gate(inner))), $"{module}.output.dense"));
        TensorPrimitives.Add<float>(outer, middle, outer);
        return See("feed_forward/norm", Weights.Normalize(outer, $"{module}.output.LayerNorm"));
    }
}
