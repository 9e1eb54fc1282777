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
