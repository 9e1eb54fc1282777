using Reranker.Onnx.Families;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Import;

/// <summary>Which checkpoints can be imported, as far as their configuration says it: before gigabytes are fetched for nothing.</summary>
public static class ImportSupport
{
    /// <summary>The classes that <c>config.json</c> may name.</summary>
    public static IReadOnlyList<string> Architectures { get; } = [.. ModelFamilies.All.Select(f => f.Architecture)];

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">Path of a <c>config.json</c>.</param>
    /// <exception cref="CheckpointException">It describes a model that cannot be imported.</exception>
    public static void RequireConfig(string path) => Checkpoint.ReadConfig(path, ModelFamilies.All);

    /// <summary>True when the model of a configuration gets packed graphs, which the CUDA engine runs, and so FP8.</summary>
    /// <param name="path">Path of a <c>config.json</c>.</param>
    /// <exception cref="CheckpointException">It describes a model that cannot be imported.</exception>
    public static bool HasPackedGraphs(string path) => Checkpoint.ReadConfig(path, ModelFamilies.All) is var (_, found) && PackedForm.IsFor(found.Shape);
}
