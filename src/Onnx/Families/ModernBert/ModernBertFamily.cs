using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.Common;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.ModernBert;

/// <summary>
/// <c>ModernBertForSequenceClassification</c>: gte-reranker-modernbert and its kin. Rotary positions with two bases, local windows,
/// normalization before each sublayer, gated feed-forward, no biases; fused query, key and value are taken apart.
/// </summary>
internal sealed class ModernBertFamily : IModelFamily
{
    private static readonly string[] Biases = ["attention_bias", "mlp_bias", "norm_bias", "classifier_bias"];

    public string Name => "modernbert";

    public string Architecture => "ModernBertForSequenceClassification";

    public FamilyShape ReadShape(string path, JsonElement config)
    {
        var reader = new ConfigReader(path, config);
        reader.RequireText("hidden_activation", "gelu");
        reader.RequireText("classifier_activation", "gelu");
        reader.RequireEncoder();
        foreach (var bias in Biases)
        {
            reader.Require(!reader.IsTrue(bias), $"{bias} is set; ModernBERT's modules are imported without");
        }

        var pooling = reader.ReadText("classifier_pooling", "cls");
        reader.Require(pooling is "cls" or "mean", $"classifier_pooling is '{pooling}'; 'cls' and 'mean' are imported");
        reader.Require(!config.TryGetProperty("rope_parameters", out _) && !config.TryGetProperty("layer_types", out _),
            "has rope_parameters or layer_types, the words of a newer version; global_rope_theta, local_rope_theta and global_attn_every_n_layers are read");
        var labels = LabelHead.Read(reader);
        var local = reader.ReadPositive("local_attention", ShapeLimits.MaxPositions);
        reader.Require(local > 1, $"local_attention is {local}; a window has a token to either side at least");
        var every = reader.ReadPositive("global_attn_every_n_layers", ShapeLimits.MaxLayers);
        var bases = (Global: reader.ReadNumber("global_rope_theta", 160_000), Local: reader.ReadNumber("local_rope_theta", 10_000));
        reader.Require(bases is { Global: > 1, Local: > 1 }, "a rope_theta is not above 1");
        var shape = reader.ReadShape(firstPosition: 0, reader.ReadNumber("norm_eps", 1e-5)) with
        {
            Rotary = new RotaryShape
            {
                GlobalBase = bases.Global,
                LocalBase = bases.Local,
                Window = local / 2,
                GlobalEvery = every,
                PoolsMean = pooling == "mean",
            },
        };
        reader.Require(shape.Hidden / shape.Heads % 2 == 0, $"heads have {shape.Hidden / shape.Heads} columns, which cannot be turned in halves");
        return new FamilyShape(shape, [.. ListTensors(shape, labels)]);
    }

    public bool IsUnused(string tensor) => tensor.StartsWith("decoder.", StringComparison.Ordinal);

    public TokenizerFiles CheckTokenizer(string root, ModelShape shape) => CheckpointTokenizer.Read(
        root, shape, (folder, _, _) => throw new CheckpointException(Path.Combine(folder, "tokenizer.json"), "missing; the tokenizer is read from it"));

    private static IEnumerable<TensorSource> ListTensors(ModelShape shape, LabelHead labels)
    {
        long hidden = shape.Hidden, inner = shape.FeedForward;
        yield return TensorSource.Rename(XlmRobertaTensors.WordEmbeddings, [shape.Vocabulary, hidden], "model.embeddings.tok_embeddings.weight");
        var modules = ListNorm(XlmRobertaTensors.EmbeddingNorm, "model.embeddings.norm.weight", hidden);
        for (var i = 0; i < shape.Layers; i++)
        {
            var layer = $"model.layers.{i}";
            var next = i + 1 < shape.Layers ? $"model.layers.{i + 1}.attn_norm.weight" : "model.final_norm.weight";
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

        foreach (var tensor in modules
            .Concat(ListRows(XlmRobertaTensors.HeadDense, "head.dense.weight", hidden, hidden, 0, 1))
            .Concat(ListNorm(XlmRobertaTensors.HeadNorm, "head.norm.weight", hidden))
            .Concat(labels.ListTensors(XlmRobertaTensors.HeadOutput, "classifier", hidden)))
        {
            yield return tensor;
        }
    }

    // A module of some of a matrix's rows, with a bias of zeros.
    private static IEnumerable<TensorSource> ListRows(string module, string stored, long rows, long columns, int part, int parts)
    {
        var name = TensorNames.NameWeight(module);
        long[] whole = [parts * rows, columns];
        yield return new TensorSource(name, [rows, columns], stored, whole, t => t.TakeRows(name, part * rows, rows));
        yield return CreateZeros(TensorNames.NameBias(module), rows, stored, whole);
    }

    private static IEnumerable<TensorSource> ListNorm(string module, string stored, long hidden)
    {
        yield return TensorSource.Rename(TensorNames.NameWeight(module), [hidden], stored);
        yield return CreateZeros(TensorNames.NameBias(module), hidden, stored, [hidden]);
    }

    private static TensorSource CreateZeros(string name, long size, string stored, long[] storedShape)
        => new(name, [size], stored, storedShape, t => t.WithValues(name, [size], new float[size]));
}
