using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.XlmRoberta;

/// <summary>Weights by name: names and shapes of the tensors of an <c>XLMRobertaForSequenceClassification</c> checkpoint.</summary>
internal static class XlmRobertaTensors
{
    public const string WordEmbeddings = "roberta.embeddings.word_embeddings.weight";
    public const string PositionEmbeddings = "roberta.embeddings.position_embeddings.weight";
    public const string TokenTypeEmbeddings = "roberta.embeddings.token_type_embeddings.weight";

    /// <summary>What is added to every word's embedding where there is one segment and no table of positions that could hold it.</summary>
    public const string SegmentRow = "roberta.embeddings.segment_row";

    public const string EmbeddingNorm = "roberta.embeddings.LayerNorm";
    public const string HeadDense = "classifier.dense";
    public const string HeadNorm = "classifier.norm";
    public const string HeadOutput = "classifier.out_proj";

    public static string NameQuery(int layer) => $"{NameLayer(layer)}.attention.self.query";

    public static string NameKey(int layer) => $"{NameLayer(layer)}.attention.self.key";

    public static string NameValue(int layer) => $"{NameLayer(layer)}.attention.self.value";

    /// <summary>
    /// Query, key and value as one module, [3·hidden, hidden] as a checkpoint would store it, for forms that make one product of
    /// the three. No checkpoint has it.
    /// </summary>
    public static string NameQueryKeyValue(int layer) => $"{NameLayer(layer)}.attention.self.query_key_value";

    public static string NameAttentionOutput(int layer) => $"{NameLayer(layer)}.attention.output.dense";

    public static string NameAttentionNorm(int layer) => $"{NameLayer(layer)}.attention.output.LayerNorm";

    public static string NameFeedForwardInput(int layer) => $"{NameLayer(layer)}.intermediate.dense";

    public static string NameFeedForwardOutput(int layer) => $"{NameLayer(layer)}.output.dense";

    public static string NameFeedForwardNorm(int layer) => $"{NameLayer(layer)}.output.LayerNorm";

    /// <summary>
    /// The bias of the attention's output with the value's bias folded in, for forms whose attention adds neither key nor
    /// value bias. No checkpoint has it: an import computes it.
    /// </summary>
    public static string NameFoldedOutputBias(int layer) => $"{NameAttentionOutput(layer)}.folded_bias";

    /// <summary>True for tensors of the classifier.</summary>
    public static bool IsHead(string name) => name.StartsWith("classifier.", StringComparison.Ordinal);

    /// <summary>True for the matrix of a linear module of the encoder.</summary>
    public static bool IsEncoderMatrix(string name, long[] shape)
        => shape.Length == 2 && name.StartsWith("roberta.encoder.", StringComparison.Ordinal);

    /// <summary>
    /// True for tensors that older exports carry and the architecture's forward pass never reads: the buffer of position
    /// ids, which the graph computes, and the pooler, which this architecture is built without.
    /// </summary>
    public static bool IsUnused(string name)
        => name == "roberta.embeddings.position_ids"
        || name == "roberta.embeddings.token_type_ids"
        || name.StartsWith("roberta.pooler.", StringComparison.Ordinal);

    /// <summary>Every tensor that the forward pass reads, with its shape as the checkpoint stores it ([out, in]).</summary>
    public static IEnumerable<(string Name, long[] Shape)> ListAll(ModelShape shape)
    {
        long hidden = shape.Hidden, inner = shape.FeedForward;
        yield return (WordEmbeddings, [shape.Vocabulary, hidden]);
        yield return (PositionEmbeddings, [shape.Positions, hidden]);
        yield return (TokenTypeEmbeddings, [1, hidden]);
        var modules = new List<(string Name, long[] Weight, long Bias)> { (EmbeddingNorm, [hidden], hidden) };
        for (var i = 0; i < shape.Layers; i++)
        {
            modules.Add((NameQuery(i), [hidden, hidden], hidden));
            modules.Add((NameKey(i), [hidden, hidden], hidden));
            modules.Add((NameValue(i), [hidden, hidden], hidden));
            modules.Add((NameAttentionOutput(i), [hidden, hidden], hidden));
            modules.Add((NameAttentionNorm(i), [hidden], hidden));
            modules.Add((NameFeedForwardInput(i), [inner, hidden], inner));
            modules.Add((NameFeedForwardOutput(i), [hidden, inner], hidden));
            modules.Add((NameFeedForwardNorm(i), [hidden], hidden));
        }

        modules.Add((HeadDense, [hidden, hidden], hidden));
        modules.Add((HeadOutput, [1, hidden], 1));
        foreach (var (name, weight, bias) in modules)
        {
            yield return (TensorNames.NameWeight(name), weight);
            yield return (TensorNames.NameBias(name), [bias]);
        }
    }

    private static string NameLayer(int layer) => $"roberta.encoder.layer.{layer}";
}
