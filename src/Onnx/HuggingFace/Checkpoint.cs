using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;

namespace Reranker.Onnx.HuggingFace;

/// <summary>
/// A checkpoint folder, opened and checked as a whole: its configuration, its tokenizer, and that every tensor the forward
/// pass needs is there once with the right shape.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    private const string ConfigFile = "config.json";
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";
    private const string ShardExtension = ".safetensors";
    private const int MaxIndexBytes = 16 << 20;

    private readonly List<SafetensorsFile> _files;
    private readonly Dictionary<string, StoredTensor> _tensors;
    private readonly IReadOnlyList<TensorSource> _sources;

    private Checkpoint(
        IModelFamily family,
        FamilyShape shape,
        TokenizerFiles tokenizer,
        List<SafetensorsFile> files,
        Dictionary<string, StoredTensor> tensors,
        IReadOnlyList<string> sourceFiles)
    {
        (Family, _sources, TokenizerFiles, _files, SourceFiles) = (family, shape.Tensors, tokenizer, files, sourceFiles);
        Shape = family.HasTwoSegments ? shape.Shape with { SecondSegmentAfter = tokenizer.Tokenizer.Template.Between[^1] } : shape.Shape;
        _tensors = _sources.ToDictionary(s => s.Name, s => s.Take(tensors));
    }

    /// <summary>Its kind.</summary>
    public IModelFamily Family { get; }

    /// <summary>Shape of the encoder.</summary>
    public ModelShape Shape { get; }

    /// <summary>The tokenizer.</summary>
    public ITextTokenizer Tokenizer => TokenizerFiles.Tokenizer;

    /// <summary>The tokenizer as a model folder has it.</summary>
    public TokenizerFiles TokenizerFiles { get; }

    /// <summary>Paths of all files the model comes from.</summary>
    public IReadOnlyList<string> SourceFiles { get; }

    /// <summary>A tensor of <see cref="ListTensors"/>.</summary>
    public StoredTensor this[string name] => _tensors[name];

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="families">The families that it may be of.</param>
    /// <exception cref="CheckpointException">Anything about it that would not give a right model.</exception>
    public static Checkpoint Open(string folder, IReadOnlyList<IModelFamily> families)
    {
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
        {
            throw new CheckpointException(root, "there is no such folder");
        }

        var config = Path.Combine(root, ConfigFile);
        var (family, shape) = ReadConfig(config, families);
        shape = family.AddModules(root, shape);
        var tokenizer = family.CheckTokenizer(root, shape.Shape);

        var files = new List<SafetensorsFile>();
        try
        {
            var (shards, index, places) = FindWeightFiles(root);
            var tensors = new Dictionary<string, StoredTensor>();
            foreach (var path in shards)
            {
                AddTensors(path, "", files, tensors);
            }

            CheckShardIndex(index, places, tensors);
            var modules = shape.ModuleFolders.Select(f => (Folder: f, Path: Path.Combine(root, f, SingleFile))).ToList();
            modules.ForEach(m => AddTensors(m.Path, $"{m.Folder}/", files, tensors));
            tensors = RenameOldNorms(tensors);
            CheckTensors(root, family, shape.Tensors, tensors);
            string[] sources = [config, .. shape.ModuleFiles, .. tokenizer.Sources, .. shards, .. modules.Select(m => m.Path)];
            return new Checkpoint(family, shape, tokenizer, files, tensors, index is null ? sources : [.. sources, index]);
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    /// <summary>Every tensor that the forward pass reads, with its shape.</summary>
    public IEnumerable<(string Name, long[] Shape)> ListTensors() => _sources.Select(s => (s.Name, s.Shape));

    public void Dispose() => _files.ForEach(f => f.Dispose());

    /// <summary>Reads what a configuration says of the model; only those of the given families are taken.</summary>
    /// <exception cref="CheckpointException">It is of no family, or its forward pass is another.</exception>
    internal static (IModelFamily Family, FamilyShape Shape) ReadConfig(string path, IReadOnlyList<IModelFamily> families)
    {
        if (!File.Exists(path))
        {
            throw new CheckpointException(path, "missing; a checkpoint folder has one");
        }

        return CheckpointJson.ReadObject(path, CheckpointJson.MaxSettingsBytes, "configuration", config =>
        {
            string[] architectures = config.TryGetMember("architectures", out var list) ? [.. list.ListItems().Select(a => a.ReadText())] : [];
            var family = architectures is [var one] ? families.FirstOrDefault(f => f.Architecture == one) : null;
            return family is null
                ? throw new CheckpointException(
                    path, $"architectures is [{string.Join(", ", architectures)}]; only [{string.Join(" or ", families.Select(f => f.Architecture))}] is imported")
                : (family, family.ReadShape(path, config));
        });
    }

    private static void AddTensors(string path, string prefix, List<SafetensorsFile> files, Dictionary<string, StoredTensor> tensors)
    {
        var file = SafetensorsFile.Open(path);
        files.Add(file);
        foreach (var tensor in file.Tensors.Select(t => prefix.Length == 0 ? t : t with { Name = prefix + t.Name }))
        {
            if (!tensors.TryAdd(tensor.Name, tensor))
            {
                throw new CheckpointException(path, $"tensor '{tensor.Name}' is also in {tensors[tensor.Name].File}");
            }
        }
    }

    // Checkpoints of TensorFlow's time call a normalization's gain gamma and its bias beta.
    private static Dictionary<string, StoredTensor> RenameOldNorms(Dictionary<string, StoredTensor> tensors)
    {
        var renamed = new Dictionary<string, StoredTensor>();
        foreach (var (name, tensor) in tensors)
        {
            var known = name.EndsWith(".LayerNorm.gamma", StringComparison.Ordinal) ? $"{name[..^5]}weight"
                : name.EndsWith(".LayerNorm.beta", StringComparison.Ordinal) ? $"{name[..^4]}bias"
                : name;
            if (!renamed.TryAdd(known, known == name ? tensor : tensor with { Name = known }))
            {
                throw new CheckpointException(tensor.File, $"has '{known}' under two names");
            }
        }

        return renamed;
    }

    private static (List<string> Shards, string? Index, Dictionary<string, string> Places) FindWeightFiles(string root)
    {
        var single = Path.Combine(root, SingleFile);
        if (File.Exists(single))
        {
            return ([single], null, []);
        }

        var index = Path.Combine(root, IndexFile);
        if (!File.Exists(index))
        {
            throw new CheckpointException(root, $"has neither {SingleFile} nor {IndexFile}");
        }

        var places = CheckpointJson.ReadObject(index, MaxIndexBytes, "index", json => json.GetMember("weight_map").ListMembers()
            .ToDictionary(p => p.Name, p => p.Value.ReadText()));
        var names = places.Values.Distinct().Order(StringComparer.Ordinal).ToList();
        if (names.Find(s => s != Path.GetFileName(s)) is { } outside)
        {
            throw new CheckpointException(index, $"names the shard '{outside}', which is no plain file name");
        }

        if (names.Find(s => !s.EndsWith(ShardExtension, StringComparison.Ordinal)) is { } other)
        {
            throw new CheckpointException(index, $"names the shard '{other}'; only safetensors are read");
        }

        return names.Count > 0
            ? ([.. names.Select(s => Path.Combine(root, s))], index, places)
            : throw new CheckpointException(index, "names no shard");
    }

    private static void CheckShardIndex(string? index, Dictionary<string, string> places, Dictionary<string, StoredTensor> tensors)
    {
        foreach (var (name, shard) in places)
        {
            if (!tensors.TryGetValue(name, out var tensor) || Path.GetFileName(tensor.File) != shard)
            {
                throw new CheckpointException(index!, $"says that '{name}' is in {shard}, and it is not");
            }
        }
    }

    private static void CheckTensors(string root, IModelFamily family, IReadOnlyList<TensorSource> sources, Dictionary<string, StoredTensor> tensors)
    {
        var problems = new List<string>();
        var expected = sources.DistinctBy(s => s.Stored).ToDictionary(t => t.Stored, t => t.StoredShape);
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

        problems.AddRange(tensors.Keys.Where(n => !expected.ContainsKey(n) && !family.IsUnused(n)).Select(n => $"unexpected '{n}'"));
        if (problems.Count > 0)
        {
            throw new CheckpointException(root, $"the tensors do not fit the configuration: {string.Join("; ", problems)}");
        }
    }
}
