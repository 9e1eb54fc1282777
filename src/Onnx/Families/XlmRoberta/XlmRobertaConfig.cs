using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.XlmRoberta;

/// <summary>Reads <c>config.json</c> and refuses every checkpoint whose forward pass the graphs do not express.</summary>
internal static class XlmRobertaConfig
{
    /// <summary>The class that the file names.</summary>
    public const string Architecture = "XLMRobertaForSequenceClassification";

    /// <summary>Reads and checks the file's content.</summary>
    /// <exception cref="CheckpointException">It describes another kind of model.</exception>
    public static ModelShape Read(string path, JsonElement config)
    {
        TokenizerSettings.CheckClass(path, config);
        return Read(new Reader(path, config));
    }

    private static ModelShape Read(Reader config)
    {
        CheckKind(config);
        var shape = new ModelShape
        {
            Layers = config.ReadPositive("num_hidden_layers", ShapeLimits.MaxLayers),
            Hidden = config.ReadPositive("hidden_size", ShapeLimits.MaxHidden),
            Heads = config.ReadPositive("num_attention_heads", ShapeLimits.MaxHidden),
            FeedForward = config.ReadPositive("intermediate_size", ShapeLimits.MaxFeedForward),
            Vocabulary = config.ReadPositive("vocab_size", ShapeLimits.MaxVocabulary),
            Positions = config.ReadPositive("max_position_embeddings", ShapeLimits.MaxPositions),
            LayerNormEpsilon = (float)config.ReadNumber("layer_norm_eps", 1e-5),
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
        var activation = config.ReadText("hidden_act", "gelu");
        config.Require(activation == "gelu", $"hidden_act is '{activation}'; only 'gelu' is imported");
        var positions = config.ReadText("position_embedding_type", "absolute");
        config.Require(positions == "absolute", $"position_embedding_type is '{positions}'; only 'absolute' is imported");
        var pad = config.ReadInteger("pad_token_id", PairLayout.PadId);
        config.Require(pad == PairLayout.PadId, $"pad_token_id is {pad}; XLM-RoBERTa's is {PairLayout.PadId}");
        var begin = config.ReadInteger("bos_token_id", PairLayout.BeginId);
        config.Require(begin == PairLayout.BeginId, $"bos_token_id is {begin}; XLM-RoBERTa's is {PairLayout.BeginId}");
        var end = config.ReadInteger("eos_token_id", PairLayout.EndId);
        config.Require(end == PairLayout.EndId, $"eos_token_id is {end}; XLM-RoBERTa's is {PairLayout.EndId}");
        config.Require(!config.IsTrue("is_decoder"), "is_decoder is set: tokens would not see what follows them");
        config.Require(!config.IsTrue("add_cross_attention"), "add_cross_attention is set: only encoders are imported");
        var types = config.ReadInteger("type_vocab_size", 1);
        config.Require(types == 1, $"type_vocab_size is {types}; XLM-RoBERTa has 1");
        var labels = config.CountLabels();
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

        public int ReadPositive(string name, int most)
        {
            Require(root.TryGetProperty(name, out _), $"has no {name}");
            var value = ReadInteger(name, 0);
            Require(value > 0 && value <= most, $"{name} is {value}; it may be from 1 to {most}");
            return value;
        }

        public bool IsTrue(string name) => root.TryGetMember(name, out var value) && value.GetBoolean();

        public int ReadInteger(string name, int missing)
            => root.TryGetMember(name, out var value) ? value.GetInt32() : missing;

        public double ReadNumber(string name, double missing)
            => root.TryGetMember(name, out var value) ? value.GetDouble() : missing;

        public string ReadText(string name, string missing)
            => root.TryGetMember(name, out var value) ? value.GetString()! : missing;

        // Transformers writes id2label, older tools num_labels; with neither a model has its default of two labels.
        public int CountLabels()
            => root.TryGetMember("id2label", out var map) ? map.EnumerateObject().Count() : ReadInteger("num_labels", 2);
    }
}
