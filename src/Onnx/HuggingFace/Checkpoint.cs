using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Onnx.HuggingFace;

/// <summary>
/// A checkpoint folder, opened and checked as a whole: its configuration, its tokenizer, and that every tensor the forward
/// pass needs is there once with the right shape.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";
    private const string TokenizerFile = "sentencepiece.bpe.model";

    private readonly List<SafetensorsFile> _files;
    private readonly Dictionary<string, StoredTensor> _tensors;

    private Checkpoint(
        ModelShape shape, string tokenizerPath, List<SafetensorsFile> files, Dictionary<string, StoredTensor> tensors, IReadOnlyList<string> sourceFiles)
        => (Shape, TokenizerPath, _files, _tensors, SourceFiles) = (shape, tokenizerPath, files, tensors, sourceFiles);

    /// <summary>Shape of the encoder.</summary>
    public ModelShape Shape { get; }

    /// <summary>Path of the SentencePiece model.</summary>
    public string TokenizerPath { get; }

    /// <summary>Paths of all files the model comes from.</summary>
    public IReadOnlyList<string> SourceFiles { get; }

    /// <summary>A tensor of <see cref="TensorNames.Expected"/>.</summary>
    public StoredTensor this[string name] => _tensors[name];

    /// <summary>Opens a folder.</summary>
    /// <exception cref="CheckpointException">Anything about it that would not give a right model.</exception>
    public static Checkpoint Open(string folder)
    {
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
        {
            throw new CheckpointException(root, "there is no such folder");
        }

        var config = Path.Combine(root, XlmRobertaConfig.FileName);
        var shape = XlmRobertaConfig.Read(config);
        var tokenizer = Path.Combine(root, TokenizerFile);
        CheckVocabulary(tokenizer, shape);

        var files = new List<SafetensorsFile>();
        try
        {
            var weights = WeightFiles(root);
            var tensors = new Dictionary<string, StoredTensor>();
            foreach (var path in weights.Where(p => p.EndsWith(".safetensors", StringComparison.Ordinal)))
            {
                var file = SafetensorsFile.Open(path);
                files.Add(file);
                foreach (var tensor in file.Tensors)
                {
                    if (!tensors.TryAdd(tensor.Name, tensor))
                    {
                        throw new CheckpointException(path, $"tensor '{tensor.Name}' is also in {tensors[tensor.Name].File}");
                    }
                }
            }

            CheckTensors(root, shape, tensors);
            return new Checkpoint(shape, tokenizer, files, tensors, [config, tokenizer, .. weights]);
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    public void Dispose() => _files.ForEach(f => f.Dispose());

    private static List<string> WeightFiles(string root)
    {
        var single = Path.Combine(root, SingleFile);
        if (File.Exists(single))
        {
            return [single];
        }

        var index = Path.Combine(root, IndexFile);
        if (!File.Exists(index))
        {
            throw new CheckpointException(root, $"has neither {SingleFile} nor {IndexFile}");
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(index));
            var shards = json.RootElement.GetProperty("weight_map").EnumerateObject()
                .Select(p => p.Value.GetString() ?? "").Distinct().Order(StringComparer.Ordinal).ToList();
            if (shards.Find(s => s.Length == 0 || s != Path.GetFileName(s)) is { } bad)
            {
                throw new CheckpointException(index, $"names the shard '{bad}', which is no plain file name");
            }

            return [.. shards.Select(s => Path.Combine(root, s)), index];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CheckpointException(index, $"is no valid index ({e.Message})", e);
        }
    }

    private static void CheckVocabulary(string tokenizer, ModelShape shape)
    {
        // Ids are the piece's number plus one, and <mask> comes after the last piece.
        var ids = SentencePieceFile.CountPieces(tokenizer) + 2;
        if (ids > shape.Vocabulary)
        {
            throw new CheckpointException(tokenizer, $"gives ids up to {ids - 1}; the embedding table has {shape.Vocabulary} rows");
        }
    }

    private static void CheckTensors(string root, ModelShape shape, Dictionary<string, StoredTensor> tensors)
    {
        var problems = new List<string>();
        var expected = TensorNames.Expected(shape).ToDictionary(t => t.Name, t => t.Shape);
        foreach (var (name, dims) in expected)
        {
            if (!tensors.TryGetValue(name, out var tensor))
            {
                problems.Add($"missing '{name}'");
            }
            else if (!tensor.Shape.SequenceEqual(dims))
            {
                problems.Add($"'{name}' has shape [{string.Join(", ", tensor.Shape)}] instead of [{string.Join(", ", dims)}]");
            }
            else if (tensor.Type == StoredType.Other)
            {
                problems.Add($"'{name}' has type {tensor.TypeName}; F32, F16 and BF16 are read");
            }
        }

        problems.AddRange(tensors.Keys.Where(n => !expected.ContainsKey(n) && !TensorNames.IsUnused(n)).Select(n => $"unexpected '{n}'"));
        if (problems.Count > 0)
        {
            throw new CheckpointException(root, $"the tensors do not fit the configuration: {string.Join("; ", problems)}");
        }
    }
}
