namespace Reranker.Files;

/// <summary>
/// Small files that settings name. A pipe would hold up whoever opens it until somebody writes, and a device has no end: neither is
/// opened.
/// </summary>
internal static class RegularFile
{
    private const int PieceBytes = 16 * 1024;

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="IOException">It is not there, too large, empty, or no file; the message names it.</exception>
    public static byte[] ReadBytes(string path, int maxBytes) =>
        TryReadBytes(path, maxBytes, out var fault) ?? throw new IOException($"{path} {fault}.");

    /// <summary>The bytes of a file; null where it is none that can be read whole.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="maxBytes">Most bytes that it may have.</param>
    /// <param name="fault">Why not, as a clause behind its name.</param>
    /// <exception cref="IOException">It is not there, or cannot be opened.</exception>
    public static byte[]? TryReadBytes(string path, int maxBytes, out string? fault)
    {
        fault = FindFault(path, maxBytes);
        if (fault is not null)
        {
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        var piece = new byte[PieceBytes];
        for (int read; (read = file.Read(piece)) > 0;)
        {
            bytes.Write(piece, 0, read);
            if (bytes.Length > maxBytes)
            {
                fault = DescribeTooLarge(maxBytes);
                return null;
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Why a file cannot be read, as a clause behind its name; null where it can, or where it is not there, as opening it says.</summary>
    public static string? FindFault(string path, int maxBytes)
    {
        if (Directory.Exists(path))
        {
            return "is a folder";
        }

        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return null;
        }

        // A link has a length of its own. Pipes and devices have none.
        var length = (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length;
        return length == 0 ? "is empty, or no regular file"
            : length > maxBytes ? DescribeTooLarge(maxBytes)
            : null;
    }

    private static string DescribeTooLarge(int maxBytes) => $"is larger than {maxBytes} bytes";
}
