using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.Folders;
using Reranker.Onnx.Foreign;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Precisions;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Import;

/// <summary>
/// Makes a model folder of an ONNX file that somebody else made, with configuration and tokenizer beside it, as optimum lays them out. The
/// graph is taken as it is, in the precision that it has; only its inputs and its output become those of the padded form.
/// </summary>
public static class OnnxImporter
{
    /// <summary>True for a folder that holds ONNX files and no checkpoint.</summary>
    public static bool IsForeign(string folder) => ForeignFiles.IsForeign(folder);

    /// <summary>Paths of a folder's ONNX files, relative to it.</summary>
    public static IReadOnlyList<string> ListGraphs(string folder) => ForeignFiles.ListGraphs(folder);

    /// <summary>Imports a file; the folder is there as a whole or not at all.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="file">Which of its ONNX files; null for the only one.</param>
    /// <param name="output">The model folder to make.</param>
    /// <param name="options">Name and limits; a graph has the precision that it has.</param>
    /// <param name="progress">Told of every step, or null.</param>
    /// <param name="cancellationToken">Ends the import; nothing stays behind.</param>
    /// <returns>The manifest that was written.</returns>
    /// <exception cref="CheckpointException">The file cannot be taken.</exception>
    /// <exception cref="ModelFolderException">The output folder is taken, or the finished graph fails its check.</exception>
    public static Task<ModelManifest> ImportAsync(
        string source, string? file, string output, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
        => Task.Run(() => Import(source, file, output, options, progress, cancellationToken), cancellationToken);

    internal static ModelManifest Import(
        string source, string? file, string output, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(source);
        var name = CheckpointImporter.ChooseModelName(root, options.Name);
        var configPath = Path.Combine(root, ForeignFiles.Config);
        var config = ForeignConfig.Read(configPath);
        var graph = ForeignGraph.Read(ForeignFiles.FindGraph(root, file));
        var labels = ForeignCheck.RequireTakeable(graph, config.Shape);
        var precision = ForeignCheck.FindPrecision(graph);
        var weights = FindWeights(graph);
        var tokenizer = ForeignFiles.ReadTokenizer(root, config.Shape);
        var maxPairTokens = CheckpointImporter.ChooseMaxPairTokens(root, config.Shape, options);

        using var folder = PendingFolder.Create(output, options.Overwrite);
        progress?.Report(new ImportProgress("copy", weights is null ? null : Path.GetFileName(weights), 0, 1));
        var edit = GraphAdapter.CreatePaddedForm(graph, config, FindSeparator(tokenizer), labels);
        List<ManifestFile> files = [folder.WriteFile(CheckpointImporter.PaddedFile, edit.Write)];
        if (weights is not null)
        {
            files.Add(folder.WriteFile(Path.GetFileName(weights), stream => CopyFile(weights, stream, cancellationToken)));
        }

        var weightBytes = files.Sum(f => f.Bytes);
        files.Add(folder.WriteFile(tokenizer.Name, tokenizer.Content));
        progress?.Report(new ImportProgress("check", CheckpointImporter.PaddedFile, 1, 1));
        var padded = folder.GetPath(CheckpointImporter.PaddedFile);
        ForeignRun.RequireScores(padded, graph.Path, precision, config.Shape.Vocabulary, tokenizer.Tokenizer.Template, maxPairTokens, weightBytes);
        var probes = ModelProbes.CreateProbes(
            padded, PrecisionRecipes.Find(precision).Probes, config.Shape, tokenizer.Tokenizer.Template, maxPairTokens, weightBytes, cancellationToken);
        string[] sources = [graph.Path, .. weights is null ? Array.Empty<string>() : [weights], configPath, .. tokenizer.Sources];
        var manifest = new ModelManifest
        {
            Format = ModelManifest.FamilyFormat,
            Family = config.Family,
            Name = name,
            Identity = "",
            Precision = precision.Name,
            Shape = config.Shape,
            MaxPairTokens = maxPairTokens,
            OnePairPerRun = precision == ModelPrecision.Int8,
            Opset = (int)graph.Opset,
            Graphs = new Dictionary<string, string> { [PaddedGraph.Form] = CheckpointImporter.PaddedFile },
            Weights = files[weights is null ? 0 : 1].Name,
            Tokenizer = tokenizer.Name,
            Files = files,
            Source = SourceHashes.HashFiles(root, sources.Distinct(), cancellationToken),
            Probes = probes,
            Tool = CheckpointImporter.Tool,
        };
        manifest = manifest with { Identity = ModelIdentity.ComputeIdentity(manifest)! };
        cancellationToken.ThrowIfCancellationRequested();
        folder.Commit(manifest);
        return manifest;
    }

    // Null: all tokens are of one segment.
    private static int? FindSeparator(TokenizerFiles tokenizer)
        => tokenizer.Tokenizer is FastTokenizer { HasTwoSegments: true } ? tokenizer.Tokenizer.Template.Between[^1] : null;

    // Null: in the graph's own file.
    private static string? FindWeights(ForeignGraph graph)
    {
        var locations = graph.Locations;
        if (locations.Count == 0)
        {
            return null;
        }

        if (locations is not [var one])
        {
            throw new CheckpointException(graph.Path, $"keeps its weights in {locations.Count} files; save it with all of them in one");
        }

        string[] taken = [CheckpointImporter.PaddedFile, ModelManifest.FileName, TokenizerJson.FileName, ForeignFiles.SentencePiece];
        if (one != Path.GetFileName(one) || taken.Contains(one) || one.StartsWith('.'))
        {
            throw new CheckpointException(graph.Path, $"keeps its weights in '{one}'; a plain file name beside it is read");
        }

        var path = Path.Combine(Path.GetDirectoryName(graph.Path)!, one);
        return File.Exists(path) ? path : throw new CheckpointException(path, $"missing; {Path.GetFileName(graph.Path)} has its weights there");
    }

    private static void CopyFile(string path, Stream output, CancellationToken cancellationToken)
    {
        using var input = CheckpointFile.OpenRead(path);
        var buffer = new byte[1 << 20];
        int read;
        while ((read = input.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            output.Write(buffer.AsSpan(0, read));
        }
    }
}
