namespace Reranker.Inference;

/// <summary>Files that are there whole or not at all, whoever writes them at the same time and whatever ends a writer.</summary>
internal static class WholeFile
{
    // Far above all that is kept this way.
    private const long MostBytes = 16 << 20;

    private const string TemporaryEnd = ".tmp";

    // A file of this size is written in milliseconds; who else has the folder may have another clock.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromHours(1);

    /// <summary>Opens a file to read it; null where there is none that was written so. Some files that are no plain ones would never end.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream? TryOpen(string path)
    {
        var file = new FileInfo(path);
        return file is { Exists: true, Length: > 0 and <= MostBytes } ? file.OpenRead() : null;
    }

    /// <summary>Writes a file beside its place and moves it there.</summary>
    /// <exception cref="IOException">It cannot be written; what was there before is there still.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void WriteFile(string path, Action<Stream> write)
    {
        // Engines of several GPUs start at once in one process, and those of several pods share a volume.
        var temporary = $"{path}.{Guid.NewGuid():N}{TemporaryEnd}";
        try
        {
            using (var stream = File.Create(temporary))
            {
                write(stream);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Deletes what writers of a file that were killed left beside it.</summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="IOException">Its folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static void DeleteLeftovers(string path, DateTimeOffset now)
    {
        var (folder, start) = (Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}.");
        foreach (var file in Directory.EnumerateFiles(folder, $"{start}*{TemporaryEnd}"))
        {
            var middle = Path.GetFileName(file)[start.Length..^TemporaryEnd.Length];
            if (Guid.TryParseExact(middle, "N", out _) && now.UtcDateTime - File.GetLastWriteTimeUtc(file) > LongestWrite)
            {
                TryDelete(file);
            }
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Why it could not be written is the news.
        }
    }
}
