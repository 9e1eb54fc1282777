using System.IO.Compression;
using Reranker.Inference.Models;
using SharpCompress.Compressors.Xz;

namespace Reranker.Tool.Input;

/// <summary>Files of data that may be compressed: <c>.gz</c>, <c>.br</c> and <c>.xz</c> by their names.</summary>
internal static class DataFiles
{
    /// <summary>Opens a file for reading, decompressed.</summary>
    public static Stream OpenRead(string path)
    {
        var file = OpenPlain(path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".gz" => new GZipStream(file, CompressionMode.Decompress),
            ".br" => new BrotliStream(file, CompressionMode.Decompress),
            ".xz" => new XZStream(file),
            _ => file,
        };
    }

    /// <summary>Opens a file as it is.</summary>
    /// <exception cref="InputException">It is empty, or no regular file.</exception>
    public static Stream OpenPlain(string path)
    {
        try
        {
            return PlainFile.OpenRead(path);
        }
        catch (ModelFolderException e)
        {
            throw new InputException(e.Message, e);
        }
    }

    /// <summary>Reads a file whole, decompressed.</summary>
    /// <exception cref="InputException">It is not what its name says.</exception>
    public static byte[] ReadAll(string path)
    {
        try
        {
            using var stream = OpenRead(path);
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        }
        catch (Exception e) when (e is InvalidDataException or SharpCompress.Common.SharpCompressException)
        {
            throw new InputException($"{path}: cannot be decompressed ({e.Message})", e);
        }
    }
}
