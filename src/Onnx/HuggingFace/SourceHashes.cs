using System.Security.Cryptography;
using Reranker.Inference.Models;

namespace Reranker.Onnx.HuggingFace;

/// <summary>Hashes of the files that a model is made from, as its manifest has them.</summary>
internal static class SourceHashes
{
    /// <summary>Hashes files, which are named as they lie under a folder.</summary>
    public static List<ManifestFile> HashFiles(string root, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var files = new List<ManifestFile>();
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var stream = CheckpointFile.OpenRead(path);
            var name = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
            files.Add(new ManifestFile(name, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream))));
        }

        return files;
    }

    /// <summary>The first file of a model's source that a checkpoint does not have as it was; null where the model was made from it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="root">The checkpoint's folder.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static ManifestFile? FindOther(ModelManifest model, string root, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var here = HashFiles(Path.GetFullPath(root), checkpoint.SourceFiles, cancellationToken).ToDictionary(f => f.Name);
        return model.Source.FirstOrDefault(file => here.GetValueOrDefault(file.Name) != file);
    }
}
