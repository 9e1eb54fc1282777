using System.IO.Compression;
using Reranker.Inference.Models;
using SharpCompress.Compressors.Xz;

namespace Reranker.Tool.Input;

/// <summary>Files of data that may be compressed: <c>.gz</c>, <c>.br</c> and <c>.xz</c> by their names.</summary>
internal static class DataFiles
{
    /// <summary>Reads a file whole, decompressed.</summary>
    /// <exception cref="InputException">It is not what its name says.</exception>
    public static byte[] ReadAll(string path)
    {
        using var plain = OpenPlain(path);
        if (plain.Length > Array.MaxLength)
        {
            throw new InputException($"{path}: has {plain.Length} bytes, and is read whole: at most {Array.MaxLength}");
        }

        var content = new byte[plain.Length];
        plain.ReadExactly(content);
        var extension = Path.GetExtension(path).ToLowerInvariant();
        if (extension is not (".gz" or ".br" or ".xz"))
        {
            return content;
        }

        try
        {
            using var memory = new MemoryStream();
            Decompress(new MemoryStream(content), extension, memory);
            RefuseMoreBehind(content, extension);
            return memory.ToArray();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The bytes are here already, so it is them: readers of damaged ones fail by whatever they trip over, an index out of range too.
            throw new InputException($"{path}: cannot be decompressed ({e.Message.TrimEnd('.')})", e);
        }
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

    /// <summary>Reads a file of text whole, decompressed.</summary>
    /// <exception cref="InputException">It is not what its name says, or no text.</exception>
    public static string ReadText(string path) => EncodedText.Decode(ReadAll(path), path);

    // The readers of .gz and .br stop at an end and are silent of what is behind it. A whole file is none any more without its last byte:
    // one that still is has something there. That of .xz reads on and fails by itself.
    private static void RefuseMoreBehind(byte[] content, string extension)
    {
        if (extension == ".xz")
        {
            return;
        }

        try
        {
            Decompress(new MemoryStream(content, 0, content.Length - 1), extension, Stream.Null);
        }
        catch (InvalidDataException)
        {
            return;
        }

        throw new InvalidDataException("something is behind its end");
    }

    private static void Decompress(MemoryStream content, string extension, Stream target)
    {
        if (extension == ".xz")
        {
            DecompressXz(content, target);
            return;
        }

        using Stream stream = extension == ".gz" ? new GZipStream(content, CompressionMode.Decompress) : new BrotliStream(content, CompressionMode.Decompress);
        stream.CopyTo(target);
    }

    // A file may be several streams, one behind the other with zeros between them, as 'cat a.xz b.xz' makes it; the library reads one.
    private static void DecompressXz(MemoryStream content, Stream target)
    {
        do
        {
            new XZStream(content).CopyTo(target);
            while (content.ReadByte() is var next and not -1)
            {
                if (next != 0)
                {
                    content.Position--;
                    break;
                }
            }
        }
        while (content.Position < content.Length);
    }
}
