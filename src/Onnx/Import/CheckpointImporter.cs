using System.Security.Cryptography;
using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.Folders;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Precisions;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Import;

/// <summary>
/// Turns a Hugging Face checkpoint folder of an <c>XLMRobertaForSequenceClassification</c> with one label into a model
/// folder: weights, graph, tokenizer, manifest. Weights stream through bounded buffers; a checkpoint of 568 M parameters
/// needs well under 600 MB of private memory.
/// </summary>
public static class CheckpointImporter
{
    internal const string WeightsFile = "weights.bin";
    internal const string PaddedFile = "padded.onnx";
    internal const string TokenizerFile = "sentencepiece.bpe.model";

    /// <summary>Imports a checkpoint; the folder is there as a whole or not at all.</summary>
    /// <param name="source">The checkpoint folder: config.json, safetensors (one file or shards), sentencepiece.bpe.model.</param>
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

    internal static ModelManifest Import(
        string source, string output, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var name = ChooseModelName(source, options.Name);
        using var checkpoint = Checkpoint.Open(source, ModelFamilies.All);
        var maxPairTokens = ChooseMaxPairTokens(source, checkpoint.Shape, options);
        using var folder = PendingFolder.Create(output, options.Overwrite);
        var recipe = PrecisionRecipes.Find(options.Precision);
        var plan = recipe.CreatePlan(checkpoint, folder, options.Quantization, progress, cancellationToken);
        var layout = plan.Weights.Layout;
        var weights = new ManifestFile(WeightsFile, layout.TotalBytes, plan.Weights.WriteFile(folder.GetPath(WeightsFile), progress, cancellationToken));
        var padded = folder.WriteFile(PaddedFile, PaddedGraph.Build(checkpoint.Shape, plan.Operators, layout, WeightsFile));
        var packed = plan.Packed.Where(f => options.MeasuredForms || !f.IsMeasured).ToDictionary(
            f => f.Name, f => folder.WriteFile($"{f.Name}.onnx", f.Build(layout, WeightsFile)));
        var tokenizer = folder.WriteFile(TokenizerFile, File.ReadAllBytes(checkpoint.TokenizerPath));

        progress?.Report(new ImportProgress("check", PaddedFile, layout.TotalBytes, layout.TotalBytes));
        var probes = ModelProbes.CreateProbes(
            folder.GetPath(PaddedFile), recipe.Probes, checkpoint.Shape, maxPairTokens, layout.TotalBytes, cancellationToken);

        progress?.Report(new ImportProgress("finish", null, layout.TotalBytes, layout.TotalBytes));
        var manifest = new ModelManifest
        {
            Format = ModelManifest.CurrentFormat,
            Name = name,
            Identity = "",
            Precision = recipe.Precision.Name,
            Shape = checkpoint.Shape,
            MaxPairTokens = maxPairTokens,
            OnePairPerRun = recipe.OnePairPerRun,
            Calibration = plan.Calibration,
            Quantization = plan.Quantization,
            Opset = GraphBuilder.Opset,
            Graphs = packed.Select(p => (p.Key, p.Value.Name)).Prepend((PaddedGraph.Form, PaddedFile)).ToDictionary(),
            Weights = WeightsFile,
            Tokenizer = TokenizerFile,
            Files = [padded, .. packed.Values, weights, tokenizer, .. plan.Files],
            Source = HashSource(checkpoint, cancellationToken),
            Probes = probes,
            Tool = Tool,
        };
        manifest = manifest with { Identity = ModelIdentity.ComputeIdentity(manifest)! };
        cancellationToken.ThrowIfCancellationRequested();
        folder.Commit(manifest);
        return manifest;
    }

    private static int ChooseMaxPairTokens(string source, ModelShape shape, ImportOptions options)
    {
        var max = options.MaxPairTokens ?? shape.MaxPositions;
        return max >= PairLayout.MinPairTokens && max <= shape.MaxPositions
            ? max
            : throw new CheckpointException(
                source, $"takes pairs of {PairLayout.MinPairTokens} to {shape.MaxPositions} tokens; {max} were asked for");
    }

    private static string ChooseModelName(string source, string? asked)
    {
        var name = asked ?? new DirectoryInfo(source).Name;
        return ModelName.FindRefusal(name) is not { } refusal
            ? name
            : throw new CheckpointException(source, asked is null
                ? $"cannot give the model its name: '{name}' {refusal}; give it another with --name"
                : $"cannot be imported as '{name}': the name {refusal}");
    }

    private static List<ManifestFile> HashSource(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var files = new List<ManifestFile>();
        foreach (var path in checkpoint.SourceFiles)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var stream = File.OpenRead(path);
            files.Add(new ManifestFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream))));
        }

        return files;
    }

    private static string Tool => $"reranker {typeof(CheckpointImporter).Assembly.GetName().Version?.ToString(3)}";
}
