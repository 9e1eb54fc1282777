namespace Reranker.Inference.Models;

/// <summary>
/// The few lines that a checkout without Git LFS has in place of a large file (git-lfs, docs/spec.md). Whoever has them looks
/// for a damaged file unless he is told.
/// </summary>
public static class GitLfsPointer
{
    /// <summary>What is wrong with such a file, for an error that names it.</summary>
    public const string Reason = "is a Git LFS pointer and not the file itself; fetch it with 'git lfs pull'";

    private static ReadOnlySpan<byte> Beginning => "version https://git-lfs.github.com/spec/"u8;

    /// <summary>True for the content of a pointer.</summary>
    public static bool IsPointer(ReadOnlySpan<byte> content) => content.StartsWith(Beginning);

    /// <summary>True for a file that is there and is a pointer.</summary>
    public static bool IsPointerFile(string path)
    {
        if (PlainFile.FindLength(path) == 0)
        {
            return false;
        }

        using var stream = PlainFile.OpenRead(path);
        Span<byte> start = stackalloc byte[Beginning.Length];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && IsPointer(start);
    }
}
