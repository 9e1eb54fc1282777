using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.Common;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.New;

/// <summary>
/// <c>NewForSequenceClassification</c>: gte-multilingual-reranker. XLM-RoBERTa's layers and tokenizer with rotary positions, one matrix for
/// query, key and value, and a gated feed-forward whose second half is the one that is activated; a BERT's pooler and classifier.
/// </summary>
internal sealed class NewFamily : IModelFamily
{
    public string Name => "new";

    public string Architecture => "NewForSequenceClassification";

    public FamilyShape ReadShape(string path, JsonElement config)
    {
        var reader = new ConfigReader(path, config);
        reader.RequireText("hidden_act", "gelu");
        reader.RequireText("position_embedding_type", "rope");
        reader.RequireText("layer_norm_type", "layer_norm");
        reader.RequireEncoder();
        reader.Require(!reader.IsTrue("logn_attention_scale") && !reader.IsTrue("logn_attention_clip1"), "logn_attention_scale is set: scores would depend on a pair's length");
        reader.Require(!config.TryGetMember("pack_qkv", out var packed) || packed.ReadSwitch(), "pack_qkv is off; query, key and value are read from one matrix");
        var segments = reader.ReadInteger("type_vocab_size", 1);
        reader.Require(segments is 0 or 1, $"type_vocab_size is {segments}; NewModel's with XLM-RoBERTa's tokenizer have 1 or none");
        var labels = LabelHead.Read(reader);
        var shape = reader.ReadShape(firstPosition: 0, epsilon: 1e-12);
        var size = shape.Hidden / shape.Heads;
        reader.Require(size % 2 == 0, $"heads have {size} columns, which cannot be turned in halves");
        shape = shape with { Rotary = ReadRotary(reader, shape.Positions, size) };
        return new FamilyShape(shape, [.. ListTensors(shape, labels, segments)]);
    }

    public bool IsUnused(string tensor) => tensor is "new.embeddings.position_ids" or "new.embeddings.rotary_emb.inv_freq"
        || tensor.StartsWith("lm_head.", StringComparison.Ordinal);

    public TokenizerFiles CheckTokenizer(string root, ModelShape shape) => XlmRobertaFiles.Read(root, shape);

    // Stretched positions ("NTK-aware"): the base grows by the factor, and angles shrink so that the slowest is divided by it.
    private static RotaryShape ReadRotary(ConfigReader reader, int positions, int headSize)
    {
        var (turn, factor) = (reader.ReadNumber("rope_theta", 10_000), 1.0);
        if (reader.Root.TryGetMember("rope_scaling", out var scaling))
        {
            var type = scaling.FindText("type");
            reader.Require(type == "ntk", $"rope_scaling is of type '{type}'; 'ntk' is imported");
            reader.Require(!scaling.TryGetMember("mixed_b", out _), "rope_scaling has mixed_b, which is not imported");
            factor = scaling.GetMember("factor").ReadNumber();
        }

        reader.Require(factor >= 1, $"the factor of rope_scaling is {factor}, which is below 1");
        reader.Require(turn > 1 && double.IsFinite(turn * factor), "rope_theta is not above 1");
        return new RotaryShape
        {
            GlobalBase = turn * factor,
            LocalBase = turn * factor,
            Window = positions,
            GlobalEvery = 1,
            NormsAfter = true,
            FrequencyDivisor = factor > 1 ? Math.Pow(factor, 2.0 / headSize) : null,
        };
    }

    private static IEnumerable<TensorSource> ListTensors(ModelShape shape, LabelHead labels, int segments)
    {
        long hidden = shape.Hidden, inner = shape.FeedForward;
        yield return TensorSource.Rename(XlmRobertaTensors.WordEmbeddings, [shape.Vocabulary, hidden], "new.embeddings.word_embeddings.weight");
        yield return segments == 0
            ? CreateZeros(XlmRobertaTensors.SegmentRow, hidden, "new.embeddings.LayerNorm.bias", [hidden])
            : new TensorSource(
                XlmRobertaTensors.SegmentRow, [hidden], "new.embeddings.token_type_embeddings.weight", [1, hidden],
                t => t.WithValues(XlmRobertaTensors.SegmentRow, [hidden], t.ReadAll()));
        var modules = Rename(XlmRobertaTensors.EmbeddingNorm, "new.embeddings.LayerNorm", [hidden], hidden);
        for (var i = 0; i < shape.Layers; i++)
        {
            modules = modules.Concat(ListLayer($"new.encoder.layer.{i}", i, hidden, inner));
        }

        foreach (var tensor in modules.Concat(Rename(XlmRobertaTensors.HeadDense, "new.pooler.dense", [hidden, hidden], hidden))
            .Concat(labels.ListTensors(XlmRobertaTensors.HeadOutput, "classifier", hidden)))
        {
            yield return tensor;
        }
    }

    private static IEnumerable<TensorSource> ListLayer(string layer, int i, long hidden, long inner)
    {
        var (gate, gates) = (TensorNames.NameWeight(XlmRobertaTensors.NameFeedForwardInput(i)), $"{layer}.mlp.up_gate_proj.weight");
        return
        [
            .. TakePart(XlmRobertaTensors.NameQuery(i), $"{layer}.attention.qkv_proj", hidden, 0),
            .. TakePart(XlmRobertaTensors.NameKey(i), $"{layer}.attention.qkv_proj", hidden, 1),
            .. TakePart(XlmRobertaTensors.NameValue(i), $"{layer}.attention.qkv_proj", hidden, 2),
            .. Rename(XlmRobertaTensors.NameAttentionOutput(i), $"{layer}.attention.o_proj", [hidden, hidden], hidden),
            .. Rename(XlmRobertaTensors.NameAttentionNorm(i), $"{layer}.attn_ln", [hidden], hidden),
            new TensorSource(gate, [2 * inner, hidden], gates, [2 * inner, hidden], t => t.SwapHalves(gate)),
            CreateZeros(TensorNames.NameBias(XlmRobertaTensors.NameFeedForwardInput(i)), 2 * inner, gates, [2 * inner, hidden]),
            .. Rename(XlmRobertaTensors.NameFeedForwardOutput(i), $"{layer}.mlp.down_proj", [hidden, inner], hidden),
            .. Rename(XlmRobertaTensors.NameFeedForwardNorm(i), $"{layer}.mlp_ln", [hidden], hidden),
        ];
    }

    private static IEnumerable<TensorSource> Rename(string module, string stored, long[] weight, long bias) =>
    [
        TensorSource.Rename(TensorNames.NameWeight(module), weight, TensorNames.NameWeight(stored)),
        TensorSource.Rename(TensorNames.NameBias(module), [bias], TensorNames.NameBias(stored)),
    ];

    // One of three parts of a matrix and of its bias.
    private static IEnumerable<TensorSource> TakePart(string module, string stored, long hidden, int part)
    {
        var (weight, bias) = (TensorNames.NameWeight(module), TensorNames.NameBias(module));
        yield return new TensorSource(
            weight, [hidden, hidden], TensorNames.NameWeight(stored), [3 * hidden, hidden], t => t.TakeRows(weight, part * hidden, hidden));
        yield return new TensorSource(bias, [hidden], TensorNames.NameBias(stored), [3 * hidden], t => t.TakeRows(bias, part * hidden, hidden));
    }

    private static TensorSource CreateZeros(string name, long size, string stored, long[] storedShape)
        => new(name, [size], stored, storedShape, t => t.WithValues(name, [size], new float[size]));
}
