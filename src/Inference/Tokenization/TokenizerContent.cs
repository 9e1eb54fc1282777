using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>The content of a tokenizer's file, whichever kind it is.</summary>
internal static class TokenizerContent
{
    // XLM-RoBERTa's tokenizer.json has 17 MB. More is no vocabulary and must not be read into memory.
    private const long MaxFileBytes = 256L << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFolderException">It is missing or larger than any tokenizer.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            var bytes = PlainFile.FindLength(path);
            return bytes <= MaxFileBytes
                ? PlainFile.ReadBytes(path)
                : throw new ModelFolderException(path, $"has {bytes} bytes; a tokenizer is smaller");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFolderException(path, "cannot be read", exception);
        }
    }

    /// <summary>Refuses what Git left in place of a file.</summary>
    /// <exception cref="ModelFolderException">It is a pointer.</exception>
    public static void RequireContent(byte[] content, string file)
    {
        if (GitLfsPointer.IsPointer(content))
        {
            throw new ModelFolderException(file, GitLfsPointer.Reason);
        }
    }
}
