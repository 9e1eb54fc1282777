using System.Text.Json.Nodes;
using Reranker.Inference.Models;

namespace Reranker.TestKit.Reference;

/// <summary>Tiny ModernBERTs by the names of their own code, with a classifier or with sentence-transformers' modules in its place.</summary>
public static class ModernCheckpoints
{
    /// <summary>Writes a model with a classifier, whose vocabulary needs 262 rows at least.</summary>
    /// <param name="folder">Folder to make.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="labels">One or two.</param>
    /// <param name="pooling"><c>cls</c> or <c>mean</c>.</param>
    /// <param name="window">Tokens of a local window.</param>
    /// <param name="storedType"><c>F32</c>, <c>F16</c> or <c>BF16</c>.</param>
    public static void Write(string folder, ModelShape shape, int seed, int labels = 1, string pooling = "cls", int window = 8, string storedType = "F32")
    {
        Directory.CreateDirectory(folder);
        long hidden = shape.Hidden;
        FamilyCheckpoints.WriteTensors(folder,
        [
            .. ListEncoder(shape, "model."), ("head.dense.weight", [hidden, hidden]), ("head.norm.weight", [hidden]),
            ("classifier.weight", [labels, hidden]), ("classifier.bias", [labels]),
        ], seed, storedType);
        FamilyCheckpoints.WriteConfig(folder, shape, "ModernBertForSequenceClassification", "modernbert", labels, pad: 1, segments: 1);
        FinishFiles(folder, shape, window, ("classifier_activation", "gelu"), ("classifier_pooling", pooling));
    }

    /// <summary>Writes an encoder with a head of modules in folders of their own, as Ettin's rerankers are.</summary>
    /// <param name="folder">Folder to make.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="pooling"><c>cls</c> or <c>mean</c>.</param>
    /// <param name="window">Tokens of a local window.</param>
    /// <param name="hasBias">Whether the first dense module has a bias.</param>
    /// <param name="storedType"><c>F32</c>, <c>F16</c> or <c>BF16</c>.</param>
    public static void WriteModules(string folder, ModelShape shape, int seed, string pooling = "cls", int window = 8, bool hasBias = false, string storedType = "F32")
    {
        Directory.CreateDirectory(folder);
        long hidden = shape.Hidden;
        FamilyCheckpoints.WriteTensors(folder, ListEncoder(shape, ""), seed, storedType);
        FamilyCheckpoints.WriteConfig(folder, shape, "ModernBertModel", "modernbert", 1, pad: 1, segments: 1);
        FinishFiles(folder, shape, window);
        string[] kinds =
        [
            "base.modules.transformer.Transformer", "sentence_transformer.modules.pooling.Pooling", "base.modules.dense.Dense",
            "base.modules.layer_norm.LayerNorm", "base.modules.dense.Dense",
        ];
        WriteJson(folder, "modules.json", new JsonArray([.. kinds.Select((kind, i) => new JsonObject
        {
            ["idx"] = i,
            ["name"] = $"{i}",
            ["path"] = i == 0 ? "" : $"{i}_{kind.Split('.')[^1]}",
            ["type"] = $"sentence_transformers.{kind}",
        })]));
        WriteModule(folder, "1_Pooling", new JsonObject { ["embedding_dimension"] = hidden, ["pooling_mode"] = pooling, ["include_prompt"] = true }, []);
        WriteModule(
            folder, "2_Dense", CreateDense(hidden, hidden, hasBias, "activation.GELU", "sentence_embedding"),
            hasBias ? [("linear.weight", [hidden, hidden]), ("linear.bias", [hidden])] : [("linear.weight", [hidden, hidden])]);
        WriteModule(folder, "3_LayerNorm", new JsonObject { ["dimension"] = hidden }, [("norm.weight", [hidden]), ("norm.bias", [hidden])]);
        WriteModule(
            folder, "4_Dense", CreateDense(hidden, 1, hasBias: true, "linear.Identity", "scores"), [("linear.weight", [1, hidden]), ("linear.bias", [1])]);

        void WriteModule(string name, string module, JsonObject config, (string, long[])[] tensors)
        {
            Directory.CreateDirectory(Path.Combine(name, module));
            WriteJson(Path.Combine(name, module), "config.json", config);
            if (tensors.Length > 0)
            {
                FamilyCheckpoints.WriteTensors(Path.Combine(name, module), tensors, seed + module[0], storedType);
            }
        }
    }

    /// <summary>Says what a checkpoint's configuration says in the words of newer versions of transformers, with other bases.</summary>
    public static void UseNewerWords(string folder, double globalBase, double localBase)
    {
        var path = Path.Combine(folder, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        var (layers, every) = (config["num_hidden_layers"]!.GetValue<int>(), config["global_attn_every_n_layers"]!.GetValue<int>());
        foreach (var old in new[] { "global_rope_theta", "local_rope_theta", "global_attn_every_n_layers" })
        {
            config.Remove(old);
        }

        config["layer_types"] = new JsonArray([.. Enumerable.Range(0, layers).Select(i => JsonValue.Create(i % every == 0 ? "full_attention" : "sliding_attention"))]);
        config["rope_parameters"] = new JsonObject
        {
            ["full_attention"] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = globalBase },
            ["sliding_attention"] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = localBase },
        };
        File.WriteAllText(path, config.ToJsonString());
    }

    private static IEnumerable<(string Name, long[] Shape)> ListEncoder(ModelShape shape, string prefix)
    {
        long hidden = shape.Hidden, inner = shape.FeedForward;
        yield return ($"{prefix}embeddings.tok_embeddings.weight", [shape.Vocabulary, hidden]);
        yield return ($"{prefix}embeddings.norm.weight", [hidden]);
        for (var i = 0; i < shape.Layers; i++)
        {
            var layer = $"{prefix}layers.{i}";
            foreach (var tensor in new (string, long[])[]
            {
                ($"{layer}.attn.Wqkv.weight", [3 * hidden, hidden]), ($"{layer}.attn.Wo.weight", [hidden, hidden]), ($"{layer}.mlp_norm.weight", [hidden]),
                ($"{layer}.mlp.Wi.weight", [2 * inner, hidden]), ($"{layer}.mlp.Wo.weight", [hidden, inner]), ($"{layer}.attn_norm.weight", [hidden]),
            }.Where(t => i > 0 || !t.Item1.EndsWith("attn_norm.weight", StringComparison.Ordinal)))
            {
                yield return tensor;
            }
        }

        yield return ($"{prefix}final_norm.weight", [hidden]);
    }

    private static JsonObject CreateDense(long inner, long outer, bool hasBias, string activation, string output) => new()
    {
        ["in_features"] = inner,
        ["out_features"] = outer,
        ["bias"] = hasBias,
        ["activation_function"] = $"torch.nn.modules.{activation}",
        ["module_input_name"] = "sentence_embedding",
        ["module_output_name"] = output,
    };

    private static void FinishFiles(string folder, ModelShape shape, int window, params (string Name, JsonNode Value)[] more)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
        foreach (var (name, value) in new (string, JsonNode)[]
        {
            ("hidden_activation", "gelu"), ("norm_eps", 1e-5), ("local_attention", window),
            ("global_attn_every_n_layers", 3), ("global_rope_theta", 160000.0), ("local_rope_theta", 10000.0), ("norm_bias", false), ("attention_bias", false),
        }.Concat(more))
        {
            config[name] = value;
        }

        config.Remove("layer_norm_eps");
        WriteJson(folder, "config.json", config);
        var (vocabulary, merges) = TinyVocabularies.LearnBytePairs(["the rain in the plain", "how to rank a train"], Math.Min(10, shape.Vocabulary - 261));
        var tokenizer = TinyVocabularies.CreateRoberta(vocabulary, merges);
        tokenizer["normalizer"] = new JsonObject { ["type"] = "NFC" };
        JsonObject Text(string id) => new() { ["Sequence"] = new JsonObject { ["id"] = id, ["type_id"] = 0 } };
        JsonObject Token(string id) => new() { ["SpecialToken"] = new JsonObject { ["id"] = id, ["type_id"] = 0 } };
        tokenizer["post_processor"] = new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["pair"] = new JsonArray(Token("<s>"), Text("A"), Token("</s>"), Text("B"), Token("</s>")),
        };
        WriteJson(folder, "tokenizer.json", tokenizer);
    }

    private static void WriteJson(string folder, string file, JsonNode json) => File.WriteAllText(Path.Combine(folder, file), json.ToJsonString());
}
