using System.Text.Json;

namespace Reranker.Inference.Models;

/// <summary>A folder that holds one imported model, checked against its manifest.</summary>
public sealed class ModelFolder
{
    private ModelFolder(string path, ModelManifest manifest) => (Path, Manifest) = (path, manifest);

    /// <summary>Absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>Its manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Path of the tokenizer.</summary>
    public string TokenizerPath => GetFilePath(Manifest.Tokenizer);

    /// <summary>Path of the weights that all graph forms share.</summary>
    public string WeightsPath => GetFilePath(Manifest.Weights);

    /// <summary>Bytes of all weights that the graphs read: those of this precision, and those that other precisions read too.</summary>
    public long CountWeightBytes() => new FileInfo(WeightsPath).Length
        + (Manifest.SharedWeights is { } shared ? new FileInfo(GetFilePath(shared)).Length : 0);

    /// <summary>Path of a graph form, or null when the folder has none of that name.</summary>
    public string? FindGraphPath(string form) => Manifest.Graphs.TryGetValue(form, out var file) ? GetFilePath(file) : null;

    /// <summary>The same model under the name that requests use for it here.</summary>
    /// <exception cref="ModelFolderException">No model can have that name.</exception>
    public ModelFolder WithName(string name) => ModelName.FindRefusal(name) is { } refusal
        ? throw new ModelFolderException(Path, $"cannot be served as '{name}': the name {refusal}")
        : new(Path, Manifest with { Name = name });

    /// <summary>The model in each of its precisions; itself alone where it has one, or where one was chosen.</summary>
    public IReadOnlyList<ModelFolder> ListPrecisions()
        => Manifest.Precisions is { } several ? [.. several.Select(p => new ModelFolder(Path, Manifest.SelectPrecision(p)))] : [this];

    /// <summary>The model in one of its precisions.</summary>
    /// <exception cref="ModelFolderException">It has not that one.</exception>
    public ModelFolder WithPrecision(string precision)
        => ListPrecisions().FirstOrDefault(f => f.Manifest.Precision == precision) ?? throw new ModelFolderException(
            Path, $"holds {string.Join(", ", ListPrecisions().Select(f => f.Manifest.Precision))} and not {precision}; import it with 'reranker import --precision'");

    /// <summary>Reads what a folder holds, by its manifest alone.</summary>
    /// <exception cref="ModelFolderException">There is no manifest, or none that this build reads.</exception>
    public static ModelManifest ReadManifest(string path)
        => ReadManifestFile(System.IO.Path.Combine(System.IO.Path.GetFullPath(path), ModelManifest.FileName));

    /// <summary>
    /// Opens a folder and checks every file's size and hash. Each file is read once; a gigabyte takes about a second of a
    /// processor, or as long as the disk needs for it.
    /// </summary>
    /// <exception cref="ModelFolderException">Something is missing, cut, changed or of a format this build does not read.</exception>
    public static ModelFolder Open(string path)
    {
        var root = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(root))
        {
            throw new ModelFolderException(root, "there is no such folder");
        }

        var folder = new ModelFolder(root, ReadManifest(root));
        folder.RequireListed(folder.Manifest.Tokenizer, "tokenizer");
        foreach (var one in folder.ListPrecisions().Select(f => f.Manifest))
        {
            folder.RequireListed(one.Weights, "weights");
            folder.RequireListed(one.SharedWeights ?? one.Weights, "shared weights");
            foreach (var (form, file) in one.Graphs)
            {
                folder.RequireListed(file, $"graph form '{form}'");
            }
        }

        var files = folder.Manifest.Files.Select(f => (Path: folder.GetFilePath(f.Name), Expected: f)).ToArray();
        Array.ForEach(files, f => CheckSize(f.Path, f.Expected));
        var hashes = Task.WhenAll(files.Select(f => Task.Run(() => CheckHash(f.Path, f.Expected))));
        hashes.GetAwaiter().GetResult();
        return folder;
    }

    private static ModelManifest ReadManifestFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new ModelFolderException(path, "missing; the folder is no imported model, or its import did not finish");
        }

        try
        {
            using var stream = PlainFile.OpenRead(path);
            var manifest = JsonSerializer.Deserialize(stream, ModelManifestJson.Default.ModelManifest)
                ?? throw new ModelFolderException(path, "is empty");
            if (manifest.Format is < ModelManifest.CurrentFormat or > ModelManifest.FamilyFormat)
            {
                throw new ModelFolderException(
                    path, $"has format {manifest.Format}; this build reads {ModelManifest.CurrentFormat} to {ModelManifest.FamilyFormat}");
            }

            if (ManifestCheck.FindRefusal(manifest) is { } refusal)
            {
                throw new ModelFolderException(path, refusal);
            }

            foreach (var one in manifest.Precisions?.Select(manifest.SelectPrecision) ?? [manifest])
            {
                RequireIdentity(path, one);
            }

            // The first one may be read by what is said of it outside the list.
            return manifest.Precisions is { } several ? manifest.SelectPrecision(several[0]) with { Precisions = several } : manifest;
        }
        catch (JsonException e)
        {
            var reason = GitLfsPointer.IsPointerFile(path) ? GitLfsPointer.Reason : $"is no valid manifest: {JsonPlace.Describe(e)}";
            throw new ModelFolderException(path, reason, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFolderException(path, "cannot be read", e);
        }
    }

    // Null: a file is named and not listed. Opening the folder says which, and its name alone serves nothing.
    private static void RequireIdentity(string path, ModelManifest manifest)
    {
        if (ModelIdentity.ComputeIdentity(manifest) is { } identity && identity != manifest.Identity)
        {
            throw new ModelFolderException(
                path,
                $"was changed: it says identity {manifest.Identity}, and precision, limits and hashes in it make {identity}; import the model again");
        }
    }

    private static void CheckSize(string path, ManifestFile expected)
    {
        if (!File.Exists(path))
        {
            throw new ModelFolderException(path, "missing, but named in the manifest");
        }

        var length = PlainFile.FindLength(path);
        if (length != expected.Bytes)
        {
            var reason = GitLfsPointer.IsPointerFile(path) ? GitLfsPointer.Reason : $"has {length} bytes; the manifest says {expected.Bytes}";
            throw new ModelFolderException(path, reason);
        }
    }

    private static void CheckHash(string path, ManifestFile expected)
    {
        string hash;
        try
        {
            hash = FileHash.ComputeSha256(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFolderException(path, "cannot be read", e);
        }

        if (!string.Equals(hash, expected.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new ModelFolderException(path, $"was changed: its SHA-256 is {hash}; the manifest says {expected.Sha256}");
        }
    }

    private void RequireListed(string file, string role)
    {
        if (!Manifest.Files.Any(f => f.Name == file))
        {
            throw new ModelFolderException(
                System.IO.Path.Combine(Path, ModelManifest.FileName), $"names '{file}' as {role} but does not list that file");
        }
    }

    private string GetFilePath(string name)
    {
        // A manifest is input: it may not reach outside its folder.
        return name.Length > 0 && name == System.IO.Path.GetFileName(name)
            ? System.IO.Path.Combine(Path, name)
            : throw new ModelFolderException(System.IO.Path.Combine(Path, ModelManifest.FileName), $"'{name}' is no plain file name");
    }
}
