using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.Folders;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Precisions;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Import;

/// <summary>Writes weights and graphs of one precision into a folder in the making, and makes its probes.</summary>
internal sealed class PrecisionWriter(
    RecipeInputs inputs,
    PendingFolder folder,
    bool measuredForms,
    int maxPairTokens,
    IProgress<ImportProgress>? progress,
    CancellationToken cancellationToken)
{
    private const string RoundedFile = "rounded.onnx";

    /// <summary>Writes a precision.</summary>
    /// <param name="recipe">How it is made.</param>
    /// <param name="isOneOfSeveral">True puts the precision's name into those of its files.</param>
    /// <param name="files">Receives the files.</param>
    /// <returns>What the manifest says of it, without an identity yet.</returns>
    public ManifestPrecision Write(IPrecisionRecipe recipe, bool isOneOfSeveral, List<ManifestFile> files)
    {
        var infix = isOneOfSeveral ? $".{recipe.Precision.Name}" : "";
        var plan = recipe.CreatePlan(inputs);
        var layout = plan.Weights.Layout;
        var weights = WriteWeights(folder, $"weights{infix}.bin", plan.Weights, progress, cancellationToken);
        var padded = folder.WriteFile(
            $"{PaddedGraph.Form}{infix}.onnx", PaddedGraph.Build(inputs.Checkpoint.Shape, plan.Operators, layout, weights.Name));
        var others = plan.Packed.Where(f => measuredForms || !f.IsMeasured).ToDictionary(
            f => f.Name, f => folder.WriteFile($"{f.Name}{infix}.onnx", f.Build(layout, weights.Name)));
        if (plan.Fused is { } fused)
        {
            others.Add(GraphForms.Fused, folder.WriteFile($"{GraphForms.Fused}{infix}.onnx", fused(layout, weights.Name)));
        }

        files.AddRange([padded, .. others.Values, weights]);
        if (plan.CalibrationFile is { } calibration)
        {
            files.Add(folder.WriteFile($"calibration{infix}.json", calibration));
        }

        progress?.Report(new ImportProgress("check", padded.Name, layout.TotalBytes, layout.TotalBytes));
        var probes = CreateProbes(recipe, plan, folder.GetPath(padded.Name), weights.Name);
        return new ManifestPrecision
        {
            Precision = recipe.Precision.Name,
            Identity = "",
            OnePairPerRun = recipe.OnePairPerRun,
            Calibration = plan.Calibration,
            Quantization = plan.Quantization,
            Graphs = others.Select(p => (p.Key, p.Value.Name)).Prepend((PaddedGraph.Form, padded.Name)).ToDictionary(),
            Weights = weights.Name,
            SharedWeights = plan.Weights.UsesShared ? SharedWeights.FileName : null,
            Probes = probes,
        };
    }

    private IReadOnlyList<ManifestProbe> CreateProbes(IPrecisionRecipe recipe, PrecisionPlan plan, string padded, string weights)
    {
        var (shape, template) = (inputs.Checkpoint.Shape, inputs.Checkpoint.Tokenizer.Template);
        if (plan.EngineOperators is not { } rounding)
        {
            return ModelProbes.CreateProbes(padded, recipe.Probes, shape, template, maxPairTokens, FindReadBytes(plan.Weights), cancellationToken);
        }

        // Beside the weights, for as long as it is asked.
        var path = folder.GetPath(folder.WriteFile(RoundedFile, PaddedGraph.Build(shape, rounding, plan.Weights.Layout, weights)).Name);
        try
        {
            return ModelProbes.CreateRoundedProbes(padded, path, recipe.Precision, shape, template, maxPairTokens, FindReadBytes(plan.Weights), cancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes a file of weights.</summary>
    public static ManifestFile WriteWeights(
        PendingFolder folder, string name, WeightPlan plan, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
        => new(name, plan.Layout.TotalBytes, plan.WriteFile(folder.GetPath(name), progress, cancellationToken));

    private long FindReadBytes(WeightPlan weights)
        => weights.Layout.TotalBytes + (weights.UsesShared ? inputs.Shared!.Plan.Layout.TotalBytes : 0);
}
