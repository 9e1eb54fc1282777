using System.Security.Cryptography;
using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Onnx.Folders;

/// <summary>
/// A model folder in the making, beside its final place. Nothing appears under the final name before everything is on
/// disk, the manifest last; a killed import leaves a folder <c>NAME.importing-…</c>, which the next one of that name removes.
/// </summary>
internal sealed class PendingFolder : IDisposable
{
    private readonly string _final;
    private readonly bool _overwrite;
    private readonly FileStream _lock;
    private bool _committed;

    private PendingFolder(string final, bool overwrite)
    {
        _final = final;
        _overwrite = overwrite;
        Path = $"{final}{ImportLeftovers.Infix}{RandomNumberGenerator.GetHexString(ImportLeftovers.TagLength, lowercase: true)}";
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(final)!);
        _lock = ImportLeftovers.TakeLock(Path);
        Directory.CreateDirectory(Path);
    }

    /// <summary>Where files are written until then.</summary>
    public string Path { get; }

    /// <summary>Starts a folder.</summary>
    /// <exception cref="ModelFolderException">The final place is taken.</exception>
    public static PendingFolder Create(string folder, bool overwrite)
    {
        var final = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder));
        ImportLeftovers.CleanUpAbandonedImports(final);
        RequireFree(final, overwrite);
        return new PendingFolder(final, overwrite);
    }

    /// <summary>Refuses a place that a model must not have.</summary>
    /// <exception cref="ModelFolderException">It is taken.</exception>
    public static void RequireFree(string final, bool overwrite)
    {
        if (System.IO.File.Exists(final))
        {
            throw new ModelFolderException(final, "is a file");
        }

        if (!Directory.Exists(final) || !Directory.EnumerateFileSystemEntries(final).Any())
        {
            return;
        }

        // Only a model may be replaced: a mistyped path must not cost anybody a folder of other things.
        if (!System.IO.File.Exists(System.IO.Path.Combine(final, ModelManifest.FileName)))
        {
            throw new ModelFolderException(final, "exists and is no model folder");
        }

        if (!overwrite)
        {
            throw new ModelFolderException(final, "holds a model already; replace it with --overwrite");
        }
    }

    /// <summary>Path of a file inside the folder.</summary>
    public string GetPath(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file through to the disk.</summary>
    public ManifestFile WriteFile(string name, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(GetPath(name), FileMode.CreateNew, FileAccess.Write);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
        return new ManifestFile(name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    /// <summary>Writes a file of any size through to the disk.</summary>
    public ManifestFile WriteFile(string name, Action<Stream> write)
    {
        using (var stream = new FileStream(GetPath(name), FileMode.CreateNew, FileAccess.Write))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        return new ManifestFile(name, new FileInfo(GetPath(name)).Length, FileHash.ComputeSha256(GetPath(name)));
    }

    /// <summary>Writes the manifest and gives the folder its final name.</summary>
    public void Commit(ModelManifest manifest)
    {
        WriteFile(ModelManifest.FileName, JsonSerializer.SerializeToUtf8Bytes(manifest, ModelManifestJson.Default.ModelManifest));
        RequireFree(_final, _overwrite);
        var replaced = Path + ImportLeftovers.Replaced;
        var replaces = Directory.Exists(_final);
        if (replaces)
        {
            Directory.Move(_final, replaced);
        }

        Directory.Move(Path, _final);
        _committed = true;
        if (replaces)
        {
            Directory.Delete(replaced, recursive: true);
        }
    }

    public void Dispose()
    {
        if (!_committed && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        _lock.Dispose();
    }
}
