using Reranker.Inference.Models;
using Reranker.Tool.Hub;

namespace Reranker.Tool.Models;

/// <summary>Lists what there is on this machine: the bundled model, imported ones, folders below a place that is named, the hub's cache.</summary>
internal static class LocalModels
{
    /// <summary>All of them.</summary>
    /// <param name="folder">A folder whose model folders are listed too, or null.</param>
    public static IReadOnlyList<LocalModelEntry> List(string? folder) =>
    [
        .. DescribeFolder(LocalModelKind.Bundled, DefaultModel.Path),
        .. ImportedModels.ListFolders().SelectMany(f => DescribeFolder(LocalModelKind.Imported, f)),
        .. folder is null ? [] : Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).SelectMany(f => DescribeFolder(LocalModelKind.Folder, f)),
        .. ListCheckpoints(),
    ];

    private static IEnumerable<LocalModelEntry> DescribeFolder(LocalModelKind kind, string path)
    {
        if (!File.Exists(Path.Combine(path, ModelManifest.FileName)))
        {
            yield break;
        }

        var (manifest, problem) = ReadManifest(path);
        yield return new LocalModelEntry(kind, manifest?.Name ?? Path.GetFileName(path), MeasureFolder(path), path)
        {
            Precisions = manifest is null ? [] : [.. (manifest.Precisions?.Select(manifest.SelectPrecision) ?? [manifest]).Select(DescribePrecision)],
            IsInUse = kind == LocalModelKind.Imported && ImportedModels.IsInUse(path),
            Problem = problem,
        };
    }

    // One that cannot be read does not hide the others, and can be removed as they can.
    private static (ModelManifest? Manifest, string? Problem) ReadManifest(string path)
    {
        try
        {
            return (ModelFolder.ReadManifest(path), null);
        }
        catch (ModelFolderException e)
        {
            return (null, e.Message);
        }
    }

    private static LocalPrecision DescribePrecision(ModelManifest one) => new(
        one.Precision,
        one.Identity,
        one.Gate?.ToString(),
        ModelPrecision.Find(one.Precision) is { IsQuantized: true } ? one.Gate?.HasPassed : null);

    private static IEnumerable<LocalModelEntry> ListCheckpoints()
    {
        var settings = HubSettings.FromEnvironment();
        return HubCache.ListModels(settings).Select(m => new LocalModelEntry(
            LocalModelKind.Checkpoint, m.Model.Repository, MeasureFolder(m.Folder), m.Folder)
        {
            Revisions = [.. new HubCache(m.Model, settings).ListRevisions()
                .Select(r => new LocalRevision(r.Revision, r.Commit, new HubCache(m.Model with { Revision = r.Revision }, settings).FindSnapshot() is not null))],
            IsInUse = new HubCache(m.Model, settings).IsBeingFetched(),
        });
    }

    // A link is not what it leads to, which is counted where it is.
    private static long MeasureFolder(string folder)
        => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.LinkTarget is null).Sum(f => f.Length);
}
