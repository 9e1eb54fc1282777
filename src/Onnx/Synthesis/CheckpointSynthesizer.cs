using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Synthesis;

/// <summary>
/// Writes a Hugging Face checkpoint with random weights: the shape, the size and the cost of a real model without its
/// download. The same shape and seed give the same bytes on every machine.
/// </summary>
public static class CheckpointSynthesizer
{
    /// <summary>Writes a checkpoint in F16 as one file.</summary>
    /// <param name="shape">Shape of the encoder, for example one of <see cref="SyntheticShapes"/>.</param>
    /// <param name="seed">Seed of the weights and of the vocabulary.</param>
    /// <param name="output">Folder to make; it may exist if it is empty.</param>
    /// <param name="cancellationToken">Ends the writing; the folder stays behind without a configuration.</param>
    /// <exception cref="IOException">The folder holds files already.</exception>
    public static Task WriteAsync(ModelShape shape, int seed, string output, CancellationToken cancellationToken)
        => Task.Run(() => Write(shape, seed, output, StoredType.F16, 1, cancellationToken), cancellationToken);

    /// <summary>Writes a checkpoint in F16 of a known shape of any family.</summary>
    /// <param name="name">One of <see cref="SyntheticShapes.Names"/>.</param>
    /// <param name="seed">Seed of the weights and of the vocabulary.</param>
    /// <param name="output">Folder to make; it may exist if it is empty.</param>
    /// <param name="cancellationToken">Ends the writing; the folder stays behind without a configuration.</param>
    /// <exception cref="IOException">The folder holds files already.</exception>
    public static Task WriteAsync(string name, int seed, string output, CancellationToken cancellationToken)
        => SyntheticFamilies.Find(name, seed) is not var (config, tokenizer)
            ? WriteAsync(SyntheticShapes.Find(name) ?? throw new ArgumentException($"there is no shape '{name}'", nameof(name)), seed, output, cancellationToken)
            : Task.Run(() => SyntheticFamilies.Write(config, tokenizer, seed, output, StoredType.F16, cancellationToken), cancellationToken);

    /// <summary>Writes a checkpoint in any stored type, as one file or in shards.</summary>
    internal static void Write(
        ModelShape shape, int seed, string output, StoredType type, int shards, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(output);
        if (Directory.EnumerateFileSystemEntries(output).Any())
        {
            throw new IOException($"{output} holds files already.");
        }

        var tensors = XlmRobertaTensors.ListAll(shape).ToList();
        if (shards == 1)
        {
            SyntheticTensors.Write(Path.Combine(output, "model.safetensors"), tensors, seed, type, cancellationToken);
        }
        else
        {
            WriteShards(output, tensors, seed, type, shards, cancellationToken);
        }

        // The converter's ids: a piece's number plus one, and <mask> behind the last.
        SyntheticVocabulary.Write(Path.Combine(output, "sentencepiece.bpe.model"), shape.Vocabulary - 2, (ulong)seed);
        WriteConfig(Path.Combine(output, "config.json"), shape, type);
    }

    private static void WriteShards(
        string output, List<(string Name, long[] Shape)> tensors, int seed, StoredType type, int shards, CancellationToken cancellationToken)
    {
        var map = new JsonObject();
        for (var shard = 0; shard < shards; shard++)
        {
            var file = $"model-{shard + 1:D5}-of-{shards:D5}.safetensors";
            var part = tensors.Where((_, i) => i % shards == shard).ToList();
            SyntheticTensors.Write(Path.Combine(output, file), part, seed, type, cancellationToken);
            part.ForEach(t => map[t.Name] = file);
        }

        var index = new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map };
        File.WriteAllText(Path.Combine(output, "model.safetensors.index.json"), index.ToJsonString());
    }

    private static void WriteConfig(string path, ModelShape shape, StoredType type)
    {
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray(XlmRobertaConfig.Architecture),
            ["model_type"] = "xlm-roberta",
            ["vocab_size"] = shape.Vocabulary,
            ["hidden_size"] = shape.Hidden,
            ["num_hidden_layers"] = shape.Layers,
            ["num_attention_heads"] = shape.Heads,
            ["intermediate_size"] = shape.FeedForward,
            ["hidden_act"] = "gelu",
            ["max_position_embeddings"] = shape.Positions,
            ["type_vocab_size"] = 1,
            ["pad_token_id"] = 1,
            ["bos_token_id"] = 0,
            ["eos_token_id"] = 2,
            ["layer_norm_eps"] = (double)(decimal)shape.LayerNormEpsilon,
            ["position_embedding_type"] = "absolute",
            ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
            ["label2id"] = new JsonObject { ["LABEL_0"] = 0 },
            ["torch_dtype"] = type switch { StoredType.F32 => "float32", StoredType.F16 => "float16", _ => "bfloat16" },
        };
        File.WriteAllText(path, config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}
