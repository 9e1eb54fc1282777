using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.ModernBert;

/// <summary>Where a ModernBERT's checkpoint has what graphs read: fused matrices are taken apart, and modules without biases get zeros.</summary>
internal static class ModernBertTensors
{
    /// <summary>The encoder's tensors.</summary>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="prefix">Before each name: the encoder's name inside a larger module, or nothing.</param>
    public static IEnumerable<TensorSource> ListEncoder(ModelShape shape, string prefix)
    {
        long hidden = shape.Hidden, inner = shape.FeedForward;
        var modules = ListNorm(XlmRobertaTensors.EmbeddingNorm, $"{prefix}embeddings.norm.weight", hidden)
            .Prepend(TensorSource.Rename(XlmRobertaTensors.WordEmbeddings, [shape.Vocabulary, hidden], $"{prefix}embeddings.tok_embeddings.weight"));
        for (var i = 0; i < shape.Layers; i++)
        {
            var layer = $"{prefix}layers.{i}";
            var next = i + 1 < shape.Layers ? $"{prefix}layers.{i + 1}.attn_norm.weight" : $"{prefix}final_norm.weight";
            modules = modules
                .Concat(ListRows(XlmRobertaTensors.NameQuery(i), $"{layer}.attn.Wqkv.weight", hidden, hidden, 0, 3))
                .Concat(ListRows(XlmRobertaTensors.NameKey(i), $"{layer}.attn.Wqkv.weight", hidden, hidden, 1, 3))
                .Concat(ListRows(XlmRobertaTensors.NameValue(i), $"{layer}.attn.Wqkv.weight", hidden, hidden, 2, 3))
                .Concat(ListRows(XlmRobertaTensors.NameAttentionOutput(i), $"{layer}.attn.Wo.weight", hidden, hidden, 0, 1))
                .Concat(ListNorm(XlmRobertaTensors.NameAttentionNorm(i), $"{layer}.mlp_norm.weight", hidden))
                .Concat(ListRows(XlmRobertaTensors.NameFeedForwardInput(i), $"{layer}.mlp.Wi.weight", 2 * inner, hidden, 0, 1))
                .Concat(ListRows(XlmRobertaTensors.NameFeedForwardOutput(i), $"{layer}.mlp.Wo.weight", hidden, inner, 0, 1))
                .Concat(ListNorm(XlmRobertaTensors.NameFeedForwardNorm(i), next, hidden));
        }

        return modules;
    }

    /// <summary>A matrix without a bias.</summary>
    public static IEnumerable<TensorSource> ListMatrix(string module, string stored, long rows, long columns) => ListRows(module, stored, rows, columns, 0, 1);

    /// <summary>A normalization without a bias.</summary>
    public static IEnumerable<TensorSource> ListNorm(string module, string stored, long hidden)
    {
        yield return TensorSource.Rename(TensorNames.NameWeight(module), [hidden], stored);
        yield return CreateZeros(TensorNames.NameBias(module), hidden, stored, [hidden]);
    }

    // A module of some of a matrix's rows, with a bias of zeros.
    private static IEnumerable<TensorSource> ListRows(string module, string stored, long rows, long columns, int part, int parts)
    {
        var name = TensorNames.NameWeight(module);
        long[] whole = [parts * rows, columns];
        yield return new TensorSource(name, [rows, columns], stored, whole, t => t.TakeRows(name, part * rows, rows));
        yield return CreateZeros(TensorNames.NameBias(module), rows, stored, whole);
    }

    private static TensorSource CreateZeros(string name, long size, string stored, long[] storedShape)
        => new(name, [size], stored, storedShape, t => t.WithValues(name, [size], new float[size]));
}
