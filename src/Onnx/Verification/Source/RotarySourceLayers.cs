using System.Numerics.Tensors;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Verification.Layers;

namespace Reranker.Onnx.Verification.Source;

/// <summary>
/// The forward pass of a ModernBERT checkpoint, as <see cref="SourceLayers"/> is XLM-RoBERTa's: written from the definition, one pair at a
/// time, with positions turned and windows cut where attention reads them.
/// </summary>
internal sealed class RotarySourceLayers(Checkpoint checkpoint, string name) : CheckpointLayers(checkpoint, name)
{
    private readonly RotaryArithmetic _rotary = new(checkpoint.Shape);

    protected override void RunPass(int[] ids, PassSteps steps)
    {
        var words = new float[ids.Length * Hidden];
        for (var token = 0; token < ids.Length; token++)
        {
            Source["roberta.embeddings.word_embeddings.weight"].Read((long)ids[token] * Hidden, words.AsSpan(token * Hidden, Hidden));
        }

        var residual = Weights.Normalize(words, "roberta.embeddings.LayerNorm");
        steps.ShowValue(LayerValues.First, residual);
        var read = residual;
        for (var layer = 0; layer < Source.Shape.Layers; layer++)
        {
            (residual, read) = RunLayer(residual, read, layer, steps);
        }

        steps.ShowValue(LayerValues.Logits, RunHead(read));
    }

    private (float[] Residual, float[] Read) RunLayer(float[] residual, float[] read, int layer, PassSteps steps)
    {
        var (module, name, rotary) = ($"roberta.encoder.layer.{layer}", $"layer.{layer}", Source.Shape.Rotary!);
        float[] See(string value, float[] numbers) => steps.ShowValue($"{name}/{value}", numbers);
        float[] Read(string value, float[] numbers) => steps.RoundForProduct($"{name}/{value}", numbers);

        var isFirstAlone = layer == Source.Shape.Layers - 1 && !rotary.PoolsMean;
        var rounded = steps.RoundForProduct(PaddedGraph.NameLayerInput(layer), read);
        (var queries, residual) = isFirstAlone ? (read[..Hidden], residual[..Hidden]) : (layer == Source.Shape.Layers - 1 ? read : rounded, residual);
        var q = See("attention/query", Weights.Multiply(queries, $"{module}.attention.self.query"));
        var k = See("attention/key", Weights.Multiply(rounded, $"{module}.attention.self.key"));
        var v = See("attention/value", Weights.Multiply(rounded, $"{module}.attention.self.value"));
        var turn = rotary.IsGlobal(layer) ? rotary.GlobalBase : rotary.LocalBase;
        var context = See("attention/context", _rotary.Attend(_rotary.Turn(q, turn), _rotary.Turn(k, turn), v, rotary.IsGlobal(layer) ? int.MaxValue : rotary.Window));
        var attended = See("attention/output", Weights.Multiply(Read("attention/context", context), $"{module}.attention.output.dense"));
        TensorPrimitives.Add<float>(residual, attended, attended);
        var middle = See("attention/norm", Weights.Normalize(attended, $"{module}.attention.output.LayerNorm"));
        var inner = See("feed_forward/input", Weights.Multiply(Read("attention/norm", middle), $"{module}.intermediate.dense"));
        var outer = See("feed_forward/output", Weights.Multiply(Read("feed_forward/gelu", See("feed_forward/gelu", _rotary.Gate(inner))), $"{module}.output.dense"));
        TensorPrimitives.Add<float>(attended, outer, outer);
        return (outer, See("feed_forward/norm", Weights.Normalize(outer, $"{module}.output.LayerNorm")));
    }

    private float[] RunHead(float[] x)
    {
        var pooled = x[..Hidden];
        if (Source.Shape.Rotary!.PoolsMean)
        {
            for (var i = 0; i < Hidden; i++)
            {
                var sum = 0.0;
                for (var token = 0; token < x.Length; token += Hidden)
                {
                    sum += x[token + i];
                }

                pooled[i] = (float)(sum / (x.Length / Hidden));
            }
        }

        var dense = Array.ConvertAll(Weights.Multiply(pooled, "classifier.dense"), SourceArithmetic.ComputeGelu);
        return Weights.Multiply(Weights.Normalize(dense, "classifier.norm"), "classifier.out_proj");
    }
}
