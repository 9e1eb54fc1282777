using Reranker.Inference.Models;
using Reranker.Onnx.Families.Common;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Foreign;

/// <summary>The files of a folder that holds ONNX files which somebody else made, laid out as optimum does it.</summary>
internal static class ForeignFiles
{
    /// <summary>Name of the configuration.</summary>
    public const string Config = "config.json";

    /// <summary>Name of a tokenizer as SentencePiece writes it.</summary>
    public const string SentencePiece = "sentencepiece.bpe.model";

    private const string SubFolder = "onnx";
    private const string Pattern = "*.onnx";
    private const string WordPieces = "vocab.txt";

    /// <summary>Paths of the ONNX files, relative to the folder.</summary>
    public static IReadOnlyList<string> ListGraphs(string folder) =>
    [
        .. new[] { folder, Path.Combine(folder, SubFolder) }.Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, Pattern)).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal),
    ];

    /// <summary>True for a folder from which an ONNX file is taken unless somebody says otherwise: one that holds no checkpoint.</summary>
    public static bool IsForeign(string folder)
        => File.Exists(Path.Combine(folder, Config)) && !File.Exists(Path.Combine(folder, ModelManifest.FileName))
            && !Directory.EnumerateFiles(folder, "*.safetensors*").Any() && ListGraphs(folder).Count > 0;

    /// <summary>The ONNX file that is meant.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="file">Which one, relative to the folder; null for the only one.</param>
    /// <exception cref="CheckpointException">It is not there, or nobody said which.</exception>
    public static string FindGraph(string folder, string? file)
    {
        var all = ListGraphs(folder);
        if (file is not null)
        {
            var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
            var path = Path.GetFullPath(Path.Combine(root, file));
            return File.Exists(path) && path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? path
                : throw new CheckpointException(folder, $"has no '{file}'; its ONNX files are {string.Join(", ", all)}");
        }

        return all switch
        {
            [var one] => Path.GetFullPath(Path.Combine(folder, one)),
            [] => throw new CheckpointException(folder, $"has no ONNX file, neither itself nor in {SubFolder}"),
            _ => throw new CheckpointException(folder, $"has several ONNX files: {string.Join(", ", all)}; say which one with --file of 'reranker import', such as --file {all[0]}"),
        };
    }

    /// <summary>The tokenizer, from whichever files are there.</summary>
    /// <exception cref="CheckpointException">There is none, or it does what this program does not.</exception>
    public static TokenizerFiles ReadTokenizer(string folder, ModelShape shape)
        => File.Exists(Path.Combine(folder, SentencePiece)) ? new XlmRobertaFamily().CheckTokenizer(folder, shape)
            : CheckpointTokenizer.Read(folder, shape, File.Exists(Path.Combine(folder, WordPieces)) ? WordPieceFiles.Create : BytePairFiles.Create);
}
