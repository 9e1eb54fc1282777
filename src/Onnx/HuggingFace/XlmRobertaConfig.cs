using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Onnx.HuggingFace;

/// <summary>Reads <c>config.json</c> and refuses every checkpoint whose forward pass the graphs do not express.</summary>
internal static class XlmRobertaConfig
{
    /// <summary>Name of the file in a checkpoint.</summary>
    public const string FileName = "config.json";

    /// <summary>The one architecture that is imported.</summary>
    public const string Architecture = "XLMRobertaForSequenceClassification";

    private const int PadTokenId = 1;
    private const int BeginTokenId = 0;
    private const int EndTokenId = 2;

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="CheckpointException">The file is missing, no JSON, or describes another kind of model.</exception>
    public static ModelShape Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CheckpointException(path, "missing; a checkpoint folder has one");
        }

        return CheckpointJson.Read(path, CheckpointJson.MaxSettingsBytes, "configuration", root =>
        {
            TokenizerSettings.CheckClass(path, root);
            return Read(new Reader(path, root));
        });
    }

    private static ModelShape Read(Reader config)
    {
        CheckKind(config);
        var shape = new ModelShape
        {
            Layers = config.Positive("num_hidden_layers", ShapeLimits.MaxLayers),
            Hidden = config.Positive("hidden_size", ShapeLimits.MaxHidden),
            Heads = config.Positive("num_attention_heads", ShapeLimits.MaxHidden),
            FeedForward = config.Positive("intermediate_size", ShapeLimits.MaxFeedForward),
            Vocabulary = config.Positive("vocab_size", ShapeLimits.MaxVocabulary),
            Positions = config.Positive("max_position_embeddings", ShapeLimits.MaxPositions),
            LayerNormEpsilon = (float)config.Number("layer_norm_eps", 1e-5),
        };
        config.Require(shape.Hidden % shape.Heads == 0,
            $"hidden_size {shape.Hidden} is no multiple of num_attention_heads {shape.Heads}");
        config.Require(shape.MaxPositions >= PairLayout.MinPairTokens,
            $"max_position_embeddings {shape.Positions} leaves no room for a pair; positions begin at 2");
        config.Require(shape.Vocabulary > 4, $"vocab_size {shape.Vocabulary} has no room beside the special tokens");
        config.Require(shape.LayerNormEpsilon is > 0 and < 1, "layer_norm_eps is not between 0 and 1");
        return shape;
    }

    private static void CheckKind(Reader config)
    {
        var architectures = config.Strings("architectures");
        config.Require(architectures is [Architecture],
            $"architectures is [{string.Join(", ", architectures)}]; only [{Architecture}] is imported");
        var activation = config.Text("hidden_act", "gelu");
        config.Require(activation == "gelu", $"hidden_act is '{activation}'; only 'gelu' is imported");
        var positions = config.Text("position_embedding_type", "absolute");
        config.Require(positions == "absolute", $"position_embedding_type is '{positions}'; only 'absolute' is imported");
        var pad = config.Integer("pad_token_id", PadTokenId);
        config.Require(pad == PadTokenId, $"pad_token_id is {pad}; XLM-RoBERTa's is {PadTokenId}");
        var begin = config.Integer("bos_token_id", BeginTokenId);
        config.Require(begin == BeginTokenId, $"bos_token_id is {begin}; XLM-RoBERTa's is {BeginTokenId}");
        var end = config.Integer("eos_token_id", EndTokenId);
        config.Require(end == EndTokenId, $"eos_token_id is {end}; XLM-RoBERTa's is {EndTokenId}");
        config.Require(!config.IsTrue("is_decoder"), "is_decoder is set: tokens would not see what follows them");
        config.Require(!config.IsTrue("add_cross_attention"), "add_cross_attention is set: only encoders are imported");
        var types = config.Integer("type_vocab_size", 1);
        config.Require(types == 1, $"type_vocab_size is {types}; XLM-RoBERTa has 1");
        var labels = config.Labels();
        config.Require(labels == 1, $"the model has {labels} labels; a cross-encoder for reranking has 1");
    }

    private readonly struct Reader(string path, JsonElement root)
    {
        public void Require(bool condition, string reason)
        {
            if (!condition)
            {
                throw new CheckpointException(path, reason);
            }
        }

        public int Positive(string name, int most)
        {
            Require(root.TryGetProperty(name, out _), $"has no {name}");
            var value = Integer(name, 0);
            Require(value > 0 && value <= most, $"{name} is {value}; it may be from 1 to {most}");
            return value;
        }

        public bool IsTrue(string name) => root.Has(name, out var value) && value.GetBoolean();

        public int Integer(string name, int missing)
            => root.Has(name, out var value) ? value.GetInt32() : missing;

        public double Number(string name, double missing)
            => root.Has(name, out var value) ? value.GetDouble() : missing;

        public string Text(string name, string missing)
            => root.Has(name, out var value) ? value.GetString()! : missing;

        public string[] Strings(string name)
            => root.Has(name, out var value) ? [.. value.EnumerateArray().Select(v => v.GetString()!)] : [];

        // Transformers writes id2label, older tools num_labels; with neither a model has its default of two labels.
        public int Labels()
            => root.Has("id2label", out var map) ? map.EnumerateObject().Count() : Integer("num_labels", 2);
    }
}
