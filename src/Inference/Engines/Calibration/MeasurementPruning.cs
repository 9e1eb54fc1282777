using System.Text.RegularExpressions;

namespace Reranker.Inference.Engines.Calibration;

/// <summary>
/// Removes from a cache <c>CACHE/KEY/</c> what nobody comes back for: every new driver, release or setting is another key, and the folders of
/// the old ones stay behind. The cache may be a folder of somebody's own, so that nothing is removed but what starts write there.
/// </summary>
internal static partial class MeasurementPruning
{
    /// <summary>A key that no start used for so long is removed.</summary>
    public static readonly TimeSpan MostUnused = TimeSpan.FromDays(90);

    /// <summary>Most keys that are kept, those that were used last.</summary>
    public const int MostKeys = 256;

    /// <summary>Says that a start used a key, by the time of what stands for it.</summary>
    /// <param name="folder">The key's folder; one that is not there stays so.</param>
    /// <param name="now">When.</param>
    public static void MarkUsed(string folder, DateTimeOffset now)
    {
        try
        {
            if (File.Exists(Path.Combine(folder, MeasurementFolder.AboutFile)))
            {
                File.SetLastWriteTimeUtc(Path.Combine(folder, MeasurementFolder.AboutFile), now.UtcDateTime);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that is only read is nobody's to prune either.
        }
    }

    /// <summary>Removes other keys that were not used for long or are too many, and what writers that were killed left. What cannot be removed stays.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="used">Name of the key in use.</param>
    /// <param name="now">The time.</param>
    /// <returns>The names of the keys that were removed.</returns>
    public static IReadOnlyList<string> PruneUnused(string cache, string used, DateTimeOffset now)
    {
        try
        {
            if (!Directory.Exists(cache))
            {
                return [];
            }

            var keys = new DirectoryInfo(cache).EnumerateDirectories().Where(d => d.LinkTarget is null && KeyName().IsMatch(d.Name)).ToList();
            keys.ForEach(d => DeleteLeftovers(d, now));
            return [.. keys.Where(d => d.Name != used)
                .Select(d => (Folder: d, Used: FindLastUse(d)))
                .Where(k => k.Used is not null)
                .OrderByDescending(k => k.Used)
                .Where((k, newer) => newer >= MostKeys - 1 || now.UtcDateTime - k.Used > MostUnused)
                .Where(k => TryRemove(k.Folder))
                .Select(k => k.Folder.Name)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Null where something is in it that no start wrote, or nothing that one did.
    private static DateTime? FindLastUse(DirectoryInfo folder)
    {
        var entries = folder.EnumerateFileSystemInfos().ToList();
        return entries.Count > 0 && entries.All(e => e is FileInfo && MeasurementFolder.Files.Contains(e.Name)) ? entries.Max(e => e.LastWriteTimeUtc) : null;
    }

    private static void DeleteLeftovers(DirectoryInfo folder, DateTimeOffset now)
    {
        try
        {
            foreach (var file in MeasurementFolder.Files)
            {
                WholeFile.DeleteLeftovers(Path.Combine(folder.FullName, file), now);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another start removed it, or it is not ours.
        }
    }

    private static bool TryRemove(DirectoryInfo folder)
    {
        try
        {
            foreach (var file in MeasurementFolder.Files)
            {
                File.Delete(Path.Combine(folder.FullName, file));
            }

            // A start that came back to it meanwhile has written into it again, and keeps it.
            folder.Delete(recursive: false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[0-9a-f]{16}$")]
    private static partial Regex KeyName();
}
