namespace Reranker.Inference;

/// <summary>Files that are there whole or not at all, whoever writes them at the same time and whatever ends a writer.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file beside its place and moves it there.</summary>
    /// <exception cref="IOException">It cannot be written; what was there before is there still.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void WriteFile(string path, Action<Stream> write)
    {
        // Engines of several GPUs start at once in one process, and those of several pods share a volume.
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
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
