using System.Text.RegularExpressions;

namespace Reranker.Onnx.Folders;

/// <summary>
/// What imports have beside a model's final place, and what killed ones leave there. Each holds a lock file for as long as
/// it lives, which the system lets go when the process ends, however it ends.
/// </summary>
internal static partial class ImportLeftovers
{
    /// <summary>Between a model's name and the tag of an import.</summary>
    public const string Infix = ".importing-";

    /// <summary>Ends the name of the model that an import moves aside to take its place.</summary>
    public const string Replaced = ".replaced";

    /// <summary>Hexadecimal digits of a tag.</summary>
    public const int TagLength = 8;

    private const string LockEnd = ".lock";

    /// <summary>Takes the lock of an import's folder; disposing it removes the file.</summary>
    public static FileStream TakeLock(string folder)
        => new(folder + LockEnd, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);

    /// <summary>
    /// Removes what imports of this model left that are no more. A model that one of them had moved aside, and put nothing in
    /// its place, gets its place back.
    /// </summary>
    public static void CleanUpAbandonedImports(string final)
    {
        var parent = Path.GetDirectoryName(final);
        if (parent is null || !Directory.Exists(parent))
        {
            return;
        }

        var beginning = final + Infix;
        var tags = Directory.EnumerateFileSystemEntries(parent)
            .Where(path => path.StartsWith(beginning, StringComparison.Ordinal))
            .Select(path => TagPattern().Match(path[beginning.Length..]))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .ToList();
        foreach (var folder in tags.Select(tag => beginning + tag))
        {
            RemoveIfAbandoned(folder, final);
        }
    }

    private static void RemoveIfAbandoned(string folder, string final)
    {
        FileStream held;
        try
        {
            held = new FileStream(folder + LockEnd, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            // An import is at work there.
            return;
        }

        using (held)
        {
            if (Directory.Exists(folder + Replaced) && !Directory.Exists(final))
            {
                Directory.Move(folder + Replaced, final);
            }

            foreach (var dead in new[] { folder, folder + Replaced }.Where(Directory.Exists))
            {
                Directory.Delete(dead, recursive: true);
            }
        }
    }

    [GeneratedRegex(@"^([0-9a-f]{8})(\.replaced|\.lock)?\z")]
    private static partial Regex TagPattern();
}
