using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Synthesis;

/// <summary>
/// Checkpoints with random weights of other families than XLM-RoBERTa: a configuration is written, and the family says which tensors
/// belong to it.
/// </summary>
internal static class SyntheticFamilies
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// The configuration and the tokenizer of a known shape by its name on the command line; null for any other. A tokenizer of null is
    /// XLM-RoBERTa's, a SentencePiece model.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="seed">Seed of the vocabulary.</param>
    public static (JsonObject Config, JsonObject? Tokenizer)? Find(string name, int seed) => name switch
    {
        "minilm-l6" => (CreateMiniLm(30_522), SyntheticTokenizers.CreateWordPiece(30_522, (ulong)seed)),
        "modernbert-base" => (CreateModernBert(50_368, 768, layers: 22, inner: 1152, 8192), SyntheticTokenizers.CreateBytePairs(50_368, (ulong)seed)),
        "modernbert-tiny" => (CreateModernBert(2_000, 128, layers: 7, inner: 192, 1024), SyntheticTokenizers.CreateBytePairs(2_000, (ulong)seed)),
        "gte-multilingual-base" => (CreateNew(250_048, 768, layers: 12, 8192), null),
        "gte-multilingual-tiny" => (CreateNew(3_000, 128, layers: 3, 1024), null),
        _ => null,
    };

    /// <summary>Writes a checkpoint.</summary>
    public static void Write(JsonObject config, JsonObject? tokenizer, int seed, string output, StoredType type, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(output);
        if (Directory.EnumerateFileSystemEntries(output).Any())
        {
            throw new IOException($"{output} holds files already.");
        }

        // Last of all the configuration, without which the folder is no checkpoint.
        var path = Path.Combine(output, "config.json");
        var text = config.ToJsonString(Indented);
        using var parsed = JsonDocument.Parse(text);
        var family = ModelFamilies.All.Single(f => f.Architecture == config["architectures"]![0]!.GetValue<string>());
        var tensors = family.ReadShape(path, parsed.RootElement).Tensors.DistinctBy(t => t.Stored).Select(t => (t.Stored, t.StoredShape));
        SyntheticTensors.Write(Path.Combine(output, "model.safetensors"), [.. tensors], seed, type, cancellationToken);
        if (tokenizer is null)
        {
            SyntheticVocabulary.Write(Path.Combine(output, "sentencepiece.bpe.model"), config["vocab_size"]!.GetValue<int>() - 2, (ulong)seed);
        }
        else
        {
            File.WriteAllText(Path.Combine(output, "tokenizer.json"), tokenizer.ToJsonString(Indented));
        }

        File.WriteAllText(path, text);
    }

    // cross-encoder/ms-marco-MiniLM-L6-v2: 22.7 M parameters, 512 tokens.
    private static JsonObject CreateMiniLm(int vocabulary) => new()
    {
        ["architectures"] = new JsonArray("BertForSequenceClassification"),
        ["model_type"] = "bert",
        ["vocab_size"] = vocabulary,
        ["hidden_size"] = 384,
        ["num_hidden_layers"] = 6,
        ["num_attention_heads"] = 12,
        ["intermediate_size"] = 1536,
        ["hidden_act"] = "gelu",
        ["max_position_embeddings"] = 512,
        ["type_vocab_size"] = 2,
        ["pad_token_id"] = 0,
        ["layer_norm_eps"] = 1e-12,
        ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
        ["torch_dtype"] = "float16",
    };

    // The base is that of Alibaba-NLP/gte-reranker-modernbert-base: 149 M parameters, 8,192 tokens.
    private static JsonObject CreateModernBert(int vocabulary, int hidden, int layers, int inner, int positions) => new()
    {
        ["architectures"] = new JsonArray("ModernBertForSequenceClassification"),
        ["model_type"] = "modernbert",
        ["vocab_size"] = vocabulary,
        ["hidden_size"] = hidden,
        ["num_hidden_layers"] = layers,
        ["num_attention_heads"] = hidden / 64,
        ["intermediate_size"] = inner,
        ["hidden_activation"] = "gelu",
        ["classifier_activation"] = "gelu",
        ["classifier_pooling"] = "mean",
        ["max_position_embeddings"] = positions,
        ["local_attention"] = 128,
        ["global_attn_every_n_layers"] = 3,
        ["global_rope_theta"] = 160_000.0,
        ["local_rope_theta"] = 10_000.0,
        ["norm_eps"] = 1e-5,
        ["norm_bias"] = false,
        ["attention_bias"] = false,
        ["mlp_bias"] = false,
        ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
        ["torch_dtype"] = "float16",
    };

    // The base is that of Alibaba-NLP/gte-multilingual-reranker-base: 306 M parameters, 8,192 tokens.
    private static JsonObject CreateNew(int vocabulary, int hidden, int layers, int positions) => new()
    {
        ["architectures"] = new JsonArray("NewForSequenceClassification"),
        ["model_type"] = "new",
        ["vocab_size"] = vocabulary,
        ["hidden_size"] = hidden,
        ["num_hidden_layers"] = layers,
        ["num_attention_heads"] = hidden / 64,
        ["intermediate_size"] = 4 * hidden,
        ["hidden_act"] = "gelu",
        ["max_position_embeddings"] = positions,
        ["type_vocab_size"] = 1,
        ["pad_token_id"] = 1,
        ["position_embedding_type"] = "rope",
        ["layer_norm_type"] = "layer_norm",
        ["layer_norm_eps"] = 1e-12,
        ["pack_qkv"] = true,
        ["rope_theta"] = 20_000.0,
        ["rope_scaling"] = new JsonObject { ["factor"] = 8.0, ["type"] = "ntk" },
        ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
        ["torch_dtype"] = "float16",
    };
}
