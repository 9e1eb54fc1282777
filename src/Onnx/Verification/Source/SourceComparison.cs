using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Verification.Layers;

namespace Reranker.Onnx.Verification.Source;

/// <summary>Compares two models value by value; either may be the checkpoint that a model was made from.</summary>
public static class SourceComparison
{
    /// <summary>Runs pairs of texts through both.</summary>
    /// <param name="reference">Checkpoint or model folder that is believed.</param>
    /// <param name="tested">The other one.</param>
    /// <param name="texts">The pairs.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    /// <exception cref="CheckpointException">A checkpoint cannot be read.</exception>
    /// <exception cref="ModelFolderException">A model folder cannot be used, or the two are not of one shape.</exception>
    public static LayerReport CompareFolders(
        string reference, string tested, IReadOnlyList<(string Query, string Passage)> texts, SourceComparisonOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var believed = Open(reference, options.ReferencePrecision, options.ReferenceDevice);
        using var other = Open(tested, options.TestedPrecision, options.TestedDevice);
        if (!believed.Values.Union(other.Values).Any(v => v == LayerValues.Logits) || believed.Values[^2] != other.Values[^2])
        {
            throw new ModelFolderException(tested, $"has another shape than {reference}");
        }

        return LayerComparer.CompareTexts(believed, other, texts, options.Longest, options.Tolerance, cancellationToken);
    }

    /// <summary>True for a folder that is a checkpoint and no imported model.</summary>
    public static bool IsCheckpoint(string folder)
        => !File.Exists(Path.Combine(folder, ModelManifest.FileName)) && File.Exists(Path.Combine(folder, "config.json"));

    private static ILayerSource OpenSource(Checkpoint checkpoint, string name)
        => checkpoint.Shape.Rotary switch
        {
            null => new SourceLayers(checkpoint, name),
            { NormsAfter: true } => new GatedSourceLayers(checkpoint, name),
            _ => new RotarySourceLayers(checkpoint, name),
        };

    private static ILayerSource Open(string folder, string? precision, int? device)
    {
        if (!IsCheckpoint(folder))
        {
            var model = ModelFolder.Open(folder);
            var one = precision is not null ? model.WithPrecision(precision) : model.ListPrecisions() is [var only] ? only
                : throw new ModelFolderException(folder, "holds several precisions; say which one");
            return GraphLayers.Load(one, device);
        }

        return device is null
            ? OpenSource(Checkpoint.Open(folder, ModelFamilies.All), Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))
            : throw new ModelFolderException(folder, "is a checkpoint, whose own pass runs on the CPU alone");
    }
}

/// <summary>How two models are compared.</summary>
public sealed record SourceComparisonOptions
{
    /// <summary>Most tokens of a pair.</summary>
    public int Longest { get; init; } = 64;

    /// <summary>Signal to noise in dB that every value must have; null for what is usual of the two precisions.</summary>
    public double? Tolerance { get; init; }

    /// <summary>Precision of a reference that holds several; null where it holds one.</summary>
    public string? ReferencePrecision { get; init; }

    /// <summary>Precision of the other where it holds several; null where it holds one.</summary>
    public string? TestedPrecision { get; init; }

    /// <summary>GPU that runs the reference, or null for the CPU.</summary>
    public int? ReferenceDevice { get; init; }

    /// <summary>GPU that runs the other, or null for the CPU.</summary>
    public int? TestedDevice { get; init; }
}
