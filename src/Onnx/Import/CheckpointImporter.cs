using System.Security.Cryptography;
using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization;
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
        var name = RequireName(source, options.Name);
        using var checkpoint = Checkpoint.Open(source);
        var maxPairTokens = MaxPairTokens(source, checkpoint.Shape, options);
        using var folder = PendingFolder.Create(output, options.Overwrite);
        var (plan, form, calibration) = options.Precision switch
        {
            ModelPrecision.Int8 => QuantizedImport.Plan(checkpoint, folder, progress, cancellationToken),
            ModelPrecision.Int8Qdq => QdqImport(checkpoint),
            _ => FloatImport(checkpoint, options.Precision),
        };

        var weightsHash = plan.Write(folder.File(WeightsFile), progress, cancellationToken);
        var graph = folder.Write(PaddedFile, PaddedGraph.Build(checkpoint.Shape, form, plan.Layout, WeightsFile));
        var packed = PackedForms(checkpoint.Shape, form.ActivationType, options).ToDictionary(
            f => f.Name,
            f => folder.Write($"{f.Name}.onnx", PackedGraph.Build(checkpoint.Shape, form.ActivationType, plan.Layout, WeightsFile, f)));
        var tokenizer = folder.Write(TokenizerFile, File.ReadAllBytes(checkpoint.TokenizerPath));

        progress?.Report(new ImportProgress("check", PaddedFile, plan.Layout.TotalBytes, plan.Layout.TotalBytes));
        var probes = Check(folder.File(PaddedFile), checkpoint.Shape, maxPairTokens, options.Precision, plan.Layout.TotalBytes, cancellationToken);

        progress?.Report(new ImportProgress("finish", null, plan.Layout.TotalBytes, plan.Layout.TotalBytes));
        var manifest = new ModelManifest
        {
            Format = ModelManifest.CurrentFormat,
            Name = name,
            Identity = "",
            Precision = PrecisionName(options.Precision),
            Shape = checkpoint.Shape,
            MaxPairTokens = maxPairTokens,
            OnePairPerRun = options.Precision == ModelPrecision.Int8,
            Calibration = calibration,
            Opset = GraphBuilder.Opset,
            Graphs = packed.Select(p => (p.Key, p.Value.Name)).Prepend((PaddedGraph.Form, PaddedFile)).ToDictionary(),
            Weights = WeightsFile,
            Tokenizer = TokenizerFile,
            Files = [graph, .. packed.Values, new ManifestFile(WeightsFile, plan.Layout.TotalBytes, weightsHash), tokenizer],
            Source = HashSource(checkpoint, cancellationToken),
            Probes = probes,
            Tool = Tool,
        };
        manifest = manifest with { Identity = ModelIdentity.Compute(manifest)! };
        cancellationToken.ThrowIfCancellationRequested();
        folder.Commit(manifest);
        return manifest;
    }

    private static IReadOnlyList<ManifestProbe> Check(
        string graph, ModelShape shape, int maxPairTokens, ModelPrecision precision, long weightBytes, CancellationToken cancellationToken)
    {
        using var unfused = StructuralCheck.Load(graph);
        using var fused = precision is ModelPrecision.Int8 or ModelPrecision.Int8Qdq && !ModelProbes.Skips(precision, weightBytes) ? GraphRunner.Load(graph, frugal: false) : null;
        return ModelProbes.Run(
            fused ?? unfused, fused is null ? null : unfused, shape, maxPairTokens, precision, weightBytes, cancellationToken);
    }

    private static (WeightPlan Plan, IWeightForm Form, string? Calibration) FloatImport(Checkpoint checkpoint, ModelPrecision precision)
    {
        var type = precision == ModelPrecision.Fp16 ? OnnxType.Float16 : OnnxType.Float;
        return (FloatPlan.Create(checkpoint, type), new FloatWeights(type), null);
    }

    private static (WeightPlan Plan, IWeightForm Form, string? Calibration) QdqImport(Checkpoint checkpoint)
    {
        var scales = ActivationScales.Placeholders(checkpoint.Shape);
        return (QdqPlan.Create(checkpoint), new QdqWeights(checkpoint.Shape, scales), scales.Calibration);
    }

    // INT8 for CPUs takes activation ranges over the whole run, one pair a run: nothing to pack. The packed operators of the
    // CUDA provider have no INT8 products.
    private static IEnumerable<PackedForm> PackedForms(ModelShape shape, OnnxType type, ImportOptions options)
        => options.Precision is ModelPrecision.Int8 or ModelPrecision.Int8Qdq
            ? []
            : [PackedForm.Default(shape, type), .. options.MeasuredForms ? PackedForm.Measured(shape) : []];

    private static int MaxPairTokens(string source, ModelShape shape, ImportOptions options)
    {
        var max = options.MaxPairTokens ?? shape.MaxPositions;
        return max >= PairLayout.MinPairTokens && max <= shape.MaxPositions
            ? max
            : throw new CheckpointException(
                source, $"takes pairs of {PairLayout.MinPairTokens} to {shape.MaxPositions} tokens; {max} were asked for");
    }

    private static string RequireName(string source, string? asked)
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

    private static string PrecisionName(ModelPrecision precision) => precision switch
    {
        ModelPrecision.Fp32 => "fp32",
        ModelPrecision.Fp16 => "fp16",
        ModelPrecision.Int8Qdq => ModelManifest.Int8Qdq,
        _ => "int8",
    };

    private static string Tool => $"reranker {typeof(CheckpointImporter).Assembly.GetName().Version?.ToString(3)}";
}
