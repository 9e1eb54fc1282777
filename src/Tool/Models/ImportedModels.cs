using System.Security.Cryptography;
using System.Text;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Tool.Hub;
using Reranker.Tool.Input;
using Reranker.Tool.Output;

namespace Reranker.Tool.Models;

/// <summary>
/// Models of the hub that were imported for this machine: folders that are named after commit, precisions and the version of the
/// importer, so that another of any of these is another folder, and a start that finds one does nothing but open it.
/// </summary>
internal static class ImportedModels
{
    private const string LocksFolder = ".locks";
    private const string ReferencesFolder = ".refs";
    private const string PulledFolder = ".pulled";
    private const int ShownCommit = 12;
    private const int ShownHash = 8;

    /// <summary>Where they are: <c>reranker/models</c> in <c>XDG_CACHE_HOME</c>, else in <c>~/.cache</c>.</summary>
    public static string Root => Path.Combine(UserCache.FindFolder(), "reranker", "models");

    /// <summary>The folder of a model, when it was imported; null otherwise. The checkpoint itself need not be there any more.</summary>
    public static string? Find(HubReference model, IReadOnlyList<ModelPrecision> precisions)
    {
        var own = GetReferencePath(model);
        var commit = new HubCache(model, HubSettings.FromEnvironment()).FindCommit() ?? HubCache.ReadReference(own) ?? model.Revision;
        var folder = GetFolder(model, commit, precisions);
        return IsModel(folder) ? folder : null;
    }

    /// <summary>The folder of a model that is in the hub's cache; imports it where that was not done yet, once for all processes.</summary>
    /// <param name="pulled">The model.</param>
    /// <param name="asked">What <see cref="Find"/> is asked for.</param>
    /// <param name="precisions">What this machine runs fastest of what the model can have.</param>
    /// <param name="cancellationToken">Ends the import; nothing stays behind.</param>
    public static async Task<string> ImportAsync(
        PulledModel pulled, IReadOnlyList<ModelPrecision> asked, IReadOnlyList<ModelPrecision> precisions, CancellationToken cancellationToken)
    {
        var folder = GetFolder(pulled.Model, pulled.Commit, asked);
        using var held = await FileLocks.TakeAsync(GetLockPath(folder, "import"), TimeProvider.System, cancellationToken);
        if (!IsModel(folder))
        {
            await Console.Error.WriteLineAsync(
                $"{pulled.Model} is imported in {string.Join(", ", precisions)} for this machine, into {folder}");
            var options = new ImportOptions { Name = pulled.Model.Repository, Precisions = precisions, Overwrite = true };
            await ImportBar.ShowAsync(progress => CheckpointImporter.ImportAsync(pulled.Folder, folder, options, progress, cancellationToken));
        }

        WriteReference(pulled);
        return folder;
    }

    /// <summary>The folder of a model that was made of an ONNX file in a folder of somebody's own; null when it was not made of the files as they are now.</summary>
    public static string? FindLocal(string source) => GetLocalFolder(source) is var folder && IsModel(folder) ? folder : null;

    /// <summary>Makes a model of the one ONNX file in a folder of somebody's own; once for all processes.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="cancellationToken">Ends the import; nothing stays behind.</param>
    public static async Task ImportLocalAsync(string source, CancellationToken cancellationToken)
    {
        var folder = GetLocalFolder(source);
        using var held = await FileLocks.TakeAsync(GetLockPath(folder, "import"), TimeProvider.System, cancellationToken);
        if (!IsModel(folder))
        {
            await Console.Error.WriteLineAsync($"{source} holds an ONNX file, which is imported as it is, into {folder}");
            var options = new ImportOptions { Name = new DirectoryInfo(source).Name, Overwrite = true };
            await ImportBar.ShowAsync(progress => OnnxImporter.ImportAsync(source, null, folder, options, progress, cancellationToken));
        }
    }

    /// <summary>Notes that all that an import needs of a commit is in the hub's cache.</summary>
    public static void MarkPulled(PulledModel pulled)
    {
        var path = GetPulledPath(pulled);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }

    /// <summary>True when that was noted.</summary>
    public static bool IsPulled(PulledModel pulled) => File.Exists(GetPulledPath(pulled));

    /// <summary>Their folders.</summary>
    public static IEnumerable<string> ListFolders() => !Directory.Exists(Root) ? []
        : Directory.EnumerateDirectories(Root).Where(f => !Path.GetFileName(f).StartsWith('.') && IsModel(f)).Order(StringComparer.Ordinal);

    /// <summary>Says, for as long as the result lives, that this process uses a folder; null for one that is kept elsewhere.</summary>
    /// <exception cref="InputException">It is being removed.</exception>
    public static FileStream? HoldInUse(string folder)
    {
        var path = Path.GetFullPath(folder);
        if (Path.GetDirectoryName(path) != Root)
        {
            return null;
        }

        FileStream? held;
        try
        {
            held = FileLocks.TryShare(GetLockPath(path, "use"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that nobody can write to; nobody can remove anything from it either.
            return null;
        }

        return held ?? throw new InputException($"{path} is being removed");
    }

    /// <summary>True when a process says so.</summary>
    public static bool IsInUse(string folder) => FileLocks.IsTaken(GetLockPath(folder, "use"));

    /// <summary>Takes a folder for its removal; null when a process uses it.</summary>
    public static FileStream? TakeForRemoval(string folder) => FileLocks.TryTake(GetLockPath(folder, "use"));

    private static string GetFolder(HubReference model, string commit, IReadOnlyList<ModelPrecision> precisions)
    {
        // In the order of all precisions, as an import writes them.
        var names = string.Join('+', ModelPrecision.All.Where(precisions.Contains));
        var version = typeof(CheckpointImporter).Assembly.GetName().Version?.ToString(3);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{commit} {names} {version}")))[..ShownHash];
        var shown = Path.GetFileName(commit) is { Length: > ShownCommit } text ? text[..ShownCommit] : Path.GetFileName(commit);
        return Path.Combine(Root, $"{model.Organization}--{model.Name}--{shown}-{names}-{hash}");
    }

    // Other files, or the same written again, are another folder. Reading gigabytes at every start only to hash them would take as long as an import.
    private static string GetLocalFolder(string source)
    {
        var root = Path.GetFullPath(source);
        var files = new DirectoryInfo(root).EnumerateFiles().Concat(OnnxImporter.ListGraphs(root).Select(g => new FileInfo(Path.Combine(root, g))))
            .Select(f => $"{f.FullName} {f.Length} {f.LastWriteTimeUtc.Ticks}").Distinct().Order(StringComparer.Ordinal);
        var version = typeof(OnnxImporter).Assembly.GetName().Version?.ToString(3);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files.Prepend($"{version}")))))[..ShownHash];
        return Path.Combine(Root, $"local--{Path.GetFileName(Path.TrimEndingDirectorySeparator(root))}-{hash}");
    }

    // One that cannot be read is made again.
    private static bool IsModel(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        try
        {
            ModelFolder.ReadManifest(folder);
            return true;
        }
        catch (ModelFolderException)
        {
            return false;
        }
    }

    private static string GetLockPath(string folder, string what) => Path.Combine(Root, LocksFolder, $"{Path.GetFileName(folder)}.{what}");

    private static string GetReferencePath(HubReference model)
        => Path.Combine(Root, ReferencesFolder, $"{model.Organization}--{model.Name}", model.Revision);

    private static string GetPulledPath(PulledModel pulled)
        => Path.Combine(Root, PulledFolder, $"{pulled.Model.Organization}--{pulled.Model.Name}", pulled.Commit);

    private static void WriteReference(PulledModel pulled)
    {
        var path = GetReferencePath(pulled.Model);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var pending = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(pending, pulled.Commit);
        File.Move(pending, path, overwrite: true);
    }
}
