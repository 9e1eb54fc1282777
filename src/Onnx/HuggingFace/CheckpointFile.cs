using Microsoft.Win32.SafeHandles;
using Reranker.Inference.Models;

namespace Reranker.Onnx.HuggingFace;

/// <summary>Opens the files that a model is made of; what is no regular file is the checkpoint's fault.</summary>
internal static class CheckpointFile
{
    /// <inheritdoc cref="PlainFile.OpenRead"/>
    /// <exception cref="CheckpointException">It has no content.</exception>
    public static FileStream OpenRead(string path) => Translate(path, PlainFile.OpenRead);

    /// <inheritdoc cref="PlainFile.OpenHandle"/>
    /// <exception cref="CheckpointException">It has no content.</exception>
    public static SafeFileHandle OpenHandle(string path) => Translate(path, static path => PlainFile.OpenHandle(path));

    /// <inheritdoc cref="PlainFile.ReadBytes"/>
    /// <exception cref="CheckpointException">It has no content.</exception>
    public static byte[] ReadBytes(string path) => Translate(path, PlainFile.ReadBytes);

    /// <inheritdoc cref="PlainFile.ReadLines"/>
    /// <exception cref="CheckpointException">It has no content.</exception>
    public static IEnumerable<string> ReadLines(string path) => Translate(path, PlainFile.ReadLines);

    private static T Translate<T>(string path, Func<string, T> open)
    {
        try
        {
            return open(path);
        }
        catch (ModelFolderException e)
        {
            throw new CheckpointException(e.File, e.Reason, e);
        }
    }
}
