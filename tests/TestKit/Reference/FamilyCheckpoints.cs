using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Synthesis;

namespace Reranker.TestKit.Reference;

/// <summary>Tiny checkpoints of other families than XLM-RoBERTa, written by the names that their own code gives their weights.</summary>
public static class FamilyCheckpoints
{
    /// <summary>Writes a BERT.</summary>
    /// <param name="folder">Folder to make.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="labels">One or two.</param>
    /// <param name="storedType"><c>F32</c>, <c>F16</c> or <c>BF16</c>.</param>
    /// <param name="older">True writes vocab.txt instead of tokenizer.json.</param>
    public static void WriteBert(string folder, ModelShape shape, int seed, int labels = 1, string storedType = "F32", bool older = false)
    {
        Directory.CreateDirectory(folder);
        var tensors = ListEncoder("bert", shape, segments: 2).Concat(
        [
            ("bert.pooler.dense.weight", [shape.Hidden, shape.Hidden]), ("bert.pooler.dense.bias", [shape.Hidden]),
            ("classifier.weight", [labels, shape.Hidden]), ("classifier.bias", [labels]),
        ]);
        WriteTensors(folder, tensors, seed, storedType);
        WriteConfig(folder, shape, "BertForSequenceClassification", "bert", labels, pad: 0, segments: 2);
        var pieces = TinyVocabularies.ListWordPieces(shape.Vocabulary);
        if (older)
        {
            File.WriteAllLines(Path.Combine(folder, "vocab.txt"), pieces);
            File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"do_lower_case": true, "tokenizer_class": "BertTokenizer"}""");
        }
        else
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), TinyVocabularies.CreateBert(pieces).ToJsonString());
        }
    }

    /// <summary>Writes a RoBERTa, whose vocabulary needs 262 rows at least.</summary>
    /// <inheritdoc cref="WriteBert"/>
    public static void WriteRoberta(string folder, ModelShape shape, int seed, int labels = 1, string storedType = "F32", bool older = false)
    {
        Directory.CreateDirectory(folder);
        var tensors = ListEncoder("roberta", shape, segments: 1).Concat(
        [
            ("classifier.dense.weight", [shape.Hidden, shape.Hidden]), ("classifier.dense.bias", [shape.Hidden]),
            ("classifier.out_proj.weight", [labels, shape.Hidden]), ("classifier.out_proj.bias", [labels]),
        ]);
        WriteTensors(folder, tensors, seed, storedType);
        WriteConfig(folder, shape, "RobertaForSequenceClassification", "roberta", labels, pad: 1, segments: 1);
        var (vocabulary, merges) = TinyVocabularies.LearnBytePairs(["the rain in the plain", "how to rank a train"], Math.Min(10, shape.Vocabulary - 261));
        if (older)
        {
            File.WriteAllText(
                Path.Combine(folder, "vocab.json"), new JsonObject(vocabulary.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value))).ToJsonString());
            File.WriteAllLines(Path.Combine(folder, "merges.txt"), ["#version: 0.2", .. merges.Select(m => $"{m.Left} {m.Right}")]);
        }
        else
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), TinyVocabularies.CreateRoberta(vocabulary, merges).ToJsonString());
        }
    }

    /// <summary>Writes a gte NewModel with XLM-RoBERTa's tokenizer.</summary>
    /// <param name="folder">Folder to make.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="labels">One or two.</param>
    /// <param name="factor">By what positions are stretched; 1 leaves rope_scaling out.</param>
    /// <param name="segments">One or none.</param>
    /// <param name="storedType"><c>F32</c>, <c>F16</c> or <c>BF16</c>.</param>
    /// <param name="hasJson">True writes tokenizer.json alone, as gte's are published; false a SentencePiece model.</param>
    public static void WriteNew(
        string folder, ModelShape shape, int seed, int labels = 1, double factor = 8, int segments = 1, string storedType = "F32", bool hasJson = false)
    {
        Directory.CreateDirectory(folder);
        long hidden = shape.Hidden, inner = shape.FeedForward;
        var tensors = new List<(string, long[])> { ("new.embeddings.word_embeddings.weight", [shape.Vocabulary, hidden]) };
        tensors.AddRange(segments == 0 ? [] : [("new.embeddings.token_type_embeddings.weight", [segments, hidden])]);
        var modules = new List<(string, long[])> { ("new.embeddings.LayerNorm", [hidden]) };
        for (var i = 0; i < shape.Layers; i++)
        {
            var layer = $"new.encoder.layer.{i}";
            modules.AddRange(
            [
                ($"{layer}.attention.qkv_proj", [3 * hidden, hidden]), ($"{layer}.attention.o_proj", [hidden, hidden]), ($"{layer}.mlp.down_proj", [hidden, inner]),
                ($"{layer}.attn_ln", [hidden]), ($"{layer}.mlp_ln", [hidden]),
            ]);
            tensors.Add(($"{layer}.mlp.up_gate_proj.weight", [2 * inner, hidden]));
        }

        modules.AddRange([("new.pooler.dense", [hidden, hidden]), ("classifier", [labels, hidden])]);
        WriteTensors(folder, tensors.Concat(modules.SelectMany(m => new[] { ($"{m.Item1}.weight", m.Item2), ($"{m.Item1}.bias", new[] { m.Item2[0] }) })), seed, storedType);
        WriteConfig(folder, shape, "NewForSequenceClassification", "new", labels, pad: 1, segments);
        var path = Path.Combine(folder, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var (name, value) in new (string, JsonNode?)[]
        {
            ("position_embedding_type", "rope"), ("layer_norm_type", "layer_norm"), ("pack_qkv", true), ("rope_theta", 20000.0), ("unpad_inputs", false),
            ("logn_attention_scale", false), ("rope_scaling", factor == 1 ? null : new JsonObject { ["factor"] = factor, ["type"] = "ntk" }),
        })
        {
            config[name] = value;
        }

        File.WriteAllText(path, config.ToJsonString());
        var vocabulary = Path.Combine(folder, "sentencepiece.bpe.model");
        SyntheticVocabulary.Write(vocabulary, shape.Vocabulary - 2, (ulong)seed);
        if (hasJson)
        {
            var pieces = new SentencePieceFile(File.ReadAllBytes(vocabulary)).Pieces;
            var map = new SentencePieceFile(File.ReadAllBytes(Goldens.MiniTokenizerPath)).CharsMap;
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), UnigramFiles.Create(pieces, map, "joined").ToJsonString());
            File.Delete(vocabulary);
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> ListEncoder(string prefix, ModelShape shape, int segments)
    {
        long hidden = shape.Hidden, inner = shape.FeedForward;
        yield return ($"{prefix}.embeddings.word_embeddings.weight", [shape.Vocabulary, hidden]);
        yield return ($"{prefix}.embeddings.position_embeddings.weight", [shape.Positions, hidden]);
        yield return ($"{prefix}.embeddings.token_type_embeddings.weight", [segments, hidden]);
        yield return ($"{prefix}.embeddings.LayerNorm.weight", [hidden]);
        yield return ($"{prefix}.embeddings.LayerNorm.bias", [hidden]);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            foreach (var (module, dims) in new (string, long[])[]
            {
                ("attention.self.query", [hidden, hidden]), ("attention.self.key", [hidden, hidden]), ("attention.self.value", [hidden, hidden]),
                ("attention.output.dense", [hidden, hidden]), ("attention.output.LayerNorm", [hidden]), ("intermediate.dense", [inner, hidden]),
                ("output.dense", [hidden, inner]), ("output.LayerNorm", [hidden]),
            })
            {
                yield return ($"{prefix}.encoder.layer.{layer}.{module}.weight", dims);
                yield return ($"{prefix}.encoder.layer.{layer}.{module}.bias", [dims[0]]);
            }
        }
    }

    internal static void WriteTensors(string folder, IEnumerable<(string Name, long[] Shape)> tensors, int seed, string type)
        => SyntheticTensors.Write(Path.Combine(folder, "model.safetensors"), [.. tensors], seed, Enum.Parse<StoredType>(type), CancellationToken.None);

    internal static void WriteConfig(string folder, ModelShape shape, string architecture, string kind, int labels, int pad, int segments)
        => File.WriteAllText(Path.Combine(folder, "config.json"), new JsonObject
        {
            ["architectures"] = new JsonArray(architecture),
            ["model_type"] = kind,
            ["vocab_size"] = shape.Vocabulary,
            ["hidden_size"] = shape.Hidden,
            ["num_hidden_layers"] = shape.Layers,
            ["num_attention_heads"] = shape.Heads,
            ["intermediate_size"] = shape.FeedForward,
            ["hidden_act"] = "gelu",
            ["max_position_embeddings"] = shape.Positions,
            ["type_vocab_size"] = segments,
            ["pad_token_id"] = pad,
            ["layer_norm_eps"] = (double)(decimal)shape.LayerNormEpsilon,
            ["id2label"] = new JsonObject(Enumerable.Range(0, labels).Select(i => KeyValuePair.Create($"{i}", (JsonNode?)$"LABEL_{i}"))),
        }.ToJsonString());
}
