using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.Folders;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Precisions;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Import;

/// <summary>
/// Turns a Hugging Face checkpoint folder of one of <see cref="ModelFamilies"/> into a model folder: weights, graph, tokenizer,
/// manifest. Weights stream through bounded buffers; a checkpoint of 568 M parameters
/// needs well under 600 MB of private memory.
/// </summary>
public static class CheckpointImporter
{
    internal const string WeightsFile = "weights.bin";
    internal const string PaddedFile = "padded.onnx";

    /// <summary>Imports a checkpoint; the folder is there as a whole or not at all.</summary>
    /// <param name="source">The checkpoint folder: config.json, safetensors (one file or shards), tokenizer.</param>
    /// <param name="output">The model folder to make.</param>
    /// <param name="options">Precision, name, limits.</param>
    /// <param name="progress">Told of every tensor, or null.</param>
    /// <param name="cancellationToken">Ends the import; nothing stays behind.</param>
    /// <returns>The manifest that was written.</returns>
    /// <exception cref="CheckpointException">The checkpoint cannot be imported.</exception>
    /// <exception cref="ModelFolderException">The output folder is taken, or the finished graph fails its check.</exception>
    public static Task<ModelManifest> ImportAsync(
        string source, string output, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
        => Task.Run(() => Import(source, output, options, progress, cancellationToken), cancellationToken);

    /// <summary>Refuses a place that <see cref="ImportAsync"/> would refuse, for those who work for a while before.</summary>
    /// <exception cref="ModelFolderException">The output folder is taken.</exception>
    public static void RequireFree(string output, bool overwrite) => PendingFolder.RequireFree(Path.TrimEndingDirectorySeparator(Path.GetFullPath(output)), overwrite);

    internal static ModelManifest Import(
        string source, string output, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var name = ChooseModelName(source, options.Name);
        using var checkpoint = Checkpoint.Open(source, ModelFamilies.All);
        var maxPairTokens = ChooseMaxPairTokens(source, checkpoint.Shape, options);
        using var folder = PendingFolder.Create(output, options.Overwrite);
        var written = WritePrecisions(checkpoint, folder, options, maxPairTokens, progress, cancellationToken);
        var tokenizer = folder.WriteFile(checkpoint.TokenizerFiles.Name, checkpoint.TokenizerFiles.Content);
        var first = written.Precisions[0];
        var family = checkpoint.Family.Name == ModelManifest.XlmRobertaFamily ? null : checkpoint.Family.Name;
        progress?.Report(new ImportProgress("finish", null, 1, 1));
        var manifest = new ModelManifest
        {
            Format = family is not null ? ModelManifest.FamilyFormat
                : written.Precisions.Count == 1 ? ModelManifest.CurrentFormat : ModelManifest.SeveralPrecisionsFormat,
            Family = family,
            Name = name,
            Identity = "",
            Precision = first.Precision,
            Shape = checkpoint.Shape,
            MaxPairTokens = maxPairTokens,
            Opset = GraphBuilder.Opset,
            Graphs = first.Graphs,
            Weights = first.Weights,
            Tokenizer = tokenizer.Name,
            Files = [.. written.Files, tokenizer],
            Source = SourceHashes.HashFiles(Path.GetFullPath(source), checkpoint.SourceFiles, cancellationToken),
            Probes = first.Probes,
            Tool = Tool,
        };
        ManifestPrecision[] precisions =
            [.. written.Precisions.Select(p => p with { Identity = ModelIdentity.ComputeIdentity(manifest.SelectPrecision(p))! })];
        manifest = manifest.SelectPrecision(precisions[0]) with { Precisions = precisions.Length == 1 ? null : precisions };
        cancellationToken.ThrowIfCancellationRequested();
        folder.Commit(manifest);
        return manifest;
    }

    // What is wrong with a tensor is told by the name that the user's file has for it, and not by the graphs'.
    private static (List<ManifestPrecision> Precisions, List<ManifestFile> Files) WritePrecisions(
        Checkpoint checkpoint,
        PendingFolder folder,
        ImportOptions options,
        int maxPairTokens,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        try
        {
            return WriteInOrder(checkpoint, folder, options, maxPairTokens, progress, cancellationToken);
        }
        catch (CheckpointException e) when (checkpoint.Find(e.File) is { } tensor)
        {
            throw tensor.Refuse(e.Reason, e);
        }
    }

    // In the order of all precisions, whatever order was asked for: the first one stands for the folder where nobody chooses.
    private static (List<ManifestPrecision> Precisions, List<ManifestFile> Files) WriteInOrder(
        Checkpoint checkpoint,
        PendingFolder folder,
        ImportOptions options,
        int maxPairTokens,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        IPrecisionRecipe[] recipes = [.. ModelPrecision.All.Where(options.Precisions.Contains).Select(PrecisionRecipes.Find)];
        var (several, files) = (recipes.Length > 1, new List<ManifestFile>());
        using var reference = new Fp32Reference(checkpoint, folder, progress, cancellationToken);
        var shared = recipes.Count(r => r.SharesWeights) > 1 ? SharedWeights.FromCheckpoint(checkpoint) : null;
        if (shared is not null)
        {
            files.Add(PrecisionWriter.WriteWeights(folder, SharedWeights.FileName, shared.Plan, progress, cancellationToken));
        }

        var writer = new PrecisionWriter(
            new RecipeInputs(checkpoint, reference, options.Quantization, shared), folder, options.MeasuredForms, maxPairTokens, progress, cancellationToken);
        var precisions = recipes.Select(r => writer.Write(r, several, files)).ToList();
        if (options.Gate ?? several)
        {
            var gates = new ImportGate(checkpoint, reference, maxPairTokens, options.GateTime, progress, cancellationToken);
            precisions = [.. precisions.Select(p => gates.AddResult(p, folder.GetPath(p.Graphs[PaddedGraph.Form])))];
        }

        return (precisions, files);
    }

    internal static int ChooseMaxPairTokens(string source, ModelShape shape, ImportOptions options)
    {
        var max = options.MaxPairTokens ?? shape.MaxPositions;
        return max >= PairLayout.MinPairTokens && max <= shape.MaxPositions
            ? max
            : throw new CheckpointException(
                source, $"takes pairs of {PairLayout.MinPairTokens} to {shape.MaxPositions} tokens; {max} were asked for");
    }

    internal static string ChooseModelName(string source, string? asked)
    {
        var name = asked ?? new DirectoryInfo(source).Name;
        return ModelName.FindRefusal(name) is not { } refusal
            ? name
            : throw new CheckpointException(source, asked is null
                ? $"cannot give the model its name: '{name}' {refusal}; give it another with --name"
                : $"cannot be imported as '{name}': the name {refusal}");
    }

    internal static string Tool => $"reranker {typeof(CheckpointImporter).Assembly.GetName().Version?.ToString(3)}";
}
