namespace Reranker.Tool.Hub;

/// <summary>
/// Locks between processes, which the system lets go when a process ends, however it ends. The files stay: removing one would
/// take the lock from who has just opened it.
/// </summary>
internal static class FileLocks
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes a lock for itself alone, as soon as nobody else has it.</summary>
    public static async Task<FileStream> TakeAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(path) is { } held)
            {
                return held;
            }

            await Task.Delay(Period, time, cancellationToken);
        }
    }

    /// <summary>Takes a lock for itself alone; null when anybody has it.</summary>
    public static FileStream? TryTake(string path) => TryOpen(path, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Takes a lock that any number may have together; null when somebody has it for itself alone.</summary>
    public static FileStream? TryShare(string path) => TryOpen(path, FileAccess.Read, FileShare.Read);

    /// <summary>True when somebody has a lock, alone or with others.</summary>
    public static bool IsTaken(string path)
    {
        try
        {
            using var taken = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 1);
            return false;
        }
        catch (IOException)
        {
            return File.Exists(path);
        }
        catch (UnauthorizedAccessException)
        {
            // Somebody else's, and not for us to use.
            return false;
        }
    }

    private static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, access, share, bufferSize: 1);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
