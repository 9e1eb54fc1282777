using Reranker.Inference.Models;

namespace Reranker.Tool.Hub;

/// <summary>
/// A model's part of the cache, in the layout that Hugging Face's own programs use: contents under their hashes in <c>blobs</c>,
/// a folder of links to them for each commit in <c>snapshots</c>, and in <c>refs</c> which commit a branch was.
/// </summary>
internal sealed class HubCache(HubReference model, HubSettings settings)
{
    /// <summary>Ends the name of a content of which a part is there.</summary>
    public const string IncompleteEnd = ".incomplete";

    private const string Prefix = "models--";
    private const int Separators = 2;

    /// <summary>The model's folder.</summary>
    public string Folder { get; } = Path.Combine(settings.CacheFolder, $"{Prefix}{model.Organization}--{model.Name}");

    /// <summary>The models that a cache has anything of, with their folders.</summary>
    public static IEnumerable<(HubReference Model, string Folder)> ListModels(HubSettings settings)
        => !Directory.Exists(settings.CacheFolder) ? [] : Directory.EnumerateDirectories(settings.CacheFolder, $"{Prefix}*")
            .Order(StringComparer.Ordinal)
            .Select(folder => (Parts: Path.GetFileName(folder)[Prefix.Length..].Split("--"), folder))
            .Where(f => f.Parts.Length == Separators)
            .Select(f => (new HubReference(f.Parts[0], f.Parts[1]), f.folder));

    /// <summary>Where a content is.</summary>
    public string GetBlobPath(RemoteFile file) => Path.Combine(Folder, "blobs", file.Tag);

    /// <summary>Folder of a commit's files.</summary>
    public string GetSnapshotPath(string commit) => Path.Combine(Folder, "snapshots", commit);

    /// <summary>True when a commit has a file of that size, whatever stands behind it.</summary>
    public bool HasFile(string commit, RemoteFile file) => FindSize(Path.Combine(GetSnapshotPath(commit), file.Name)) == file.Bytes;

    /// <summary>The commit that a revision was when it was fetched last; the revision itself where that is one whose files are there.</summary>
    public string? FindCommit()
    {
        return ReadReference(Path.Combine(Folder, "refs", model.Revision)) is { } commit ? commit
            : Directory.Exists(GetSnapshotPath(model.Revision)) ? model.Revision
            : null;
    }

    /// <summary>The commit that a file names; null for one that is not there or names none. A pipe or a device would hold up whoever opens it.</summary>
    public static string? ReadReference(string path)
        => PlainFile.FindLength(path) > 0 && File.ReadAllText(path).Trim() is { Length: > 0 } commit ? commit : null;

    /// <summary>The branches and tags that were fetched, and the commits that have no other name.</summary>
    public IReadOnlyList<(string Revision, string Commit)> ListRevisions()
    {
        var (references, snapshots) = (Path.Combine(Folder, "refs"), Path.Combine(Folder, "snapshots"));
        List<(string Revision, string Commit)> named = !Directory.Exists(references) ? [] : [.. Directory.EnumerateFiles(references, "*", SearchOption.AllDirectories)
            .Select(f => (Revision: Path.GetRelativePath(references, f).Replace('\\', '/'), Commit: ReadReference(f)))
            .Where(r => r.Commit is not null)
            .Select(r => (r.Revision, Commit: r.Commit!))
            .OrderBy(r => r.Revision, StringComparer.Ordinal)];
        string[] commits = !Directory.Exists(snapshots) ? [] : [.. Directory.EnumerateDirectories(snapshots).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        return [.. named, .. commits.Where(c => named.All(n => n.Commit != c)).Select(c => (c, c))];
    }

    /// <summary>True when a process fetches something of the model.</summary>
    public bool IsBeingFetched()
    {
        var locks = Path.Combine(settings.CacheFolder, ".locks", Path.GetFileName(Folder));
        return Directory.Exists(locks) && Directory.EnumerateFiles(locks).Any(FileLocks.IsTaken);
    }

    /// <summary>The folder of the model's revision, when all that is needed of it is there; else null.</summary>
    public string? FindSnapshot()
    {
        if (FindCommit() is not { Length: > 0 } commit || commit != Path.GetFileName(commit) || !Directory.Exists(GetSnapshotPath(commit)))
        {
            return null;
        }

        var folder = GetSnapshotPath(commit);
        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => PlainFile.FindLength(f) > 0)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))];
        try
        {
            NeededFiles.ListSettings(model, files);
            NeededFiles.ListWeights(model, files, folder);
            return folder;
        }
        catch (HubException)
        {
            return null;
        }
    }

    /// <summary>Puts a content that is there whole among a commit's files.</summary>
    public void AddToSnapshot(string commit, RemoteFile file)
    {
        var path = Path.Combine(GetSnapshotPath(commit), file.Name);
        if (HasFile(commit, file))
        {
            return;
        }

        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var blob = GetBlobPath(file);
        var pending = CreatePendingPath();
        try
        {
            settings.CreateLink(pending, Path.GetRelativePath(folder, blob));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // A file system or a user without links.
            File.Copy(blob, pending);
        }

        File.Move(pending, path, overwrite: true);
    }

    /// <summary>Says which commit a branch or a tag is, last of all: whoever reads it finds everything.</summary>
    public void WriteReference(string commit)
    {
        var path = Path.Combine(Folder, "refs", model.Revision);
        if (model.Revision == commit || ReadReference(path) == commit)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var pending = CreatePendingPath();
        File.WriteAllText(pending, commit);
        File.Move(pending, path, overwrite: true);
    }

    /// <summary>Takes the lock of a content, which Hugging Face's own programs take as well; waits for whoever has it.</summary>
    public Task<FileStream> TakeLockAsync(RemoteFile file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(settings.CacheFolder, ".locks", Path.GetFileName(Folder), $"{file.Tag}.lock");
        return FileLocks.TakeAsync(path, settings.Time, cancellationToken);
    }

    // Beside the folders that are listed: what a process that was killed leaves there is taken for no file and no branch.
    private string CreatePendingPath() => Path.Combine(Folder, $".{Guid.NewGuid():N}");

    // Of what a link leads to; null where it leads nowhere or round and round, which File.Exists takes for a file.
    private static long? FindSize(string path)
    {
        try
        {
            var file = File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is FileInfo target ? target : new FileInfo(path);
            return file.Exists ? file.Length : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
