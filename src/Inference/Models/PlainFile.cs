using Microsoft.Win32.SafeHandles;

namespace Reranker.Inference.Models;

/// <summary>
/// Opens the files of a model, and those that people name beside it. A pipe or a device in the place of one would hold up whoever opens
/// it until somebody writes, whatever signal he gets meanwhile, and is not opened.
/// </summary>
public static class PlainFile
{
    // The two look alike from outside: neither has a length.
    private const string NoContent = "is empty, or no regular file";

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="ModelFolderException">It has no content.</exception>
    public static FileStream OpenRead(string path) => File.OpenRead(RequireContent(path));

    /// <summary>Opens a file for reading at any place of it.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static SafeFileHandle OpenHandle(string path, FileOptions options = FileOptions.None) => File.OpenHandle(RequireContent(path), options: options);

    /// <summary>Reads a file whole.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadBytes(string path) => File.ReadAllBytes(RequireContent(path));

    /// <summary>Reads the lines of a file.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static IEnumerable<string> ReadLines(string path) => File.ReadLines(RequireContent(path));

    /// <summary>Refuses what has no content, for somebody who opens a file by its path; whether it is there is seen when it is opened.</summary>
    /// <returns>The path.</returns>
    /// <exception cref="ModelFolderException">It has none.</exception>
    public static string RequireContent(string path)
        => Directory.Exists(path) ? throw new ModelFolderException(path, "is a folder")
            : File.Exists(path) && FindLength(path) == 0 ? throw new ModelFolderException(path, NoContent)
            : path;

    /// <summary>Bytes of a file, or of that which a link leads to. What is not there, a pipe and a device have none.</summary>
    public static long FindLength(string path)
    {
        var file = new FileInfo(path);
        try
        {
            return file.Exists ? (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length : 0;
        }
        catch (IOException)
        {
            // A link that leads nowhere.
            return 0;
        }
    }
}
