using System.Diagnostics.CodeAnalysis;

namespace Reranker.Inference.Models;

/// <summary>
/// Precision of a model: it is in the graph and part of the model's identity. This is what whoever runs a model must know of
/// it; how a model of it is made is the importer's to know.
/// </summary>
[SuppressMessage("Naming", "CA1720", Justification = "INT8 is the name of the precision.")]
public sealed class ModelPrecision
{
    private ModelPrecision(string name, float logitTolerance, bool isQuantized = false, bool isForProcessors = false)
        => (Name, LogitTolerance, IsQuantized, IsForProcessors) = (name, logitTolerance, isQuantized, isForProcessors);

    /// <summary>Weights and activations in FP32.</summary>
    public static ModelPrecision Fp32 { get; } = new("fp32", logitTolerance: 1e-3f, isForProcessors: true);

    /// <summary>Weights and activations in FP16, the classifier head in FP32.</summary>
    public static ModelPrecision Fp16 { get; } = new("fp16", logitTolerance: 0.02f);

    /// <summary>
    /// Weights in INT8, activations quantized at run time: for CPUs. It has the most room: another processor or another fusion
    /// of operators adds in another order, and a last bit that differs moves an activation to the next of 255 levels. On the
    /// bundled model that was 0.015 in the mean and 0.13 at most.
    /// </summary>
    public static ModelPrecision Int8 { get; } = new("int8", logitTolerance: 0.25f, isQuantized: true, isForProcessors: true);

    /// <summary>
    /// Weights of the linear layers in INT8, their activations quantized with static scales (explicit QDQ), all else in FP16:
    /// for TensorRT.
    /// </summary>
    public static ModelPrecision Int8Qdq { get; } = new(ModelManifest.Int8Qdq, logitTolerance: 0.25f, isQuantized: true);

    /// <summary>
    /// Weights of the linear layers in FP8 (e4m3), their activations too, with static scales; residual stream, normalization,
    /// softmax and embeddings in FP16, the classifier head in FP32: for GPUs from compute capability 8.9 on. An FP16 sum that
    /// another kernel rounds otherwise moves an activation to the next of few values, as in INT8.
    /// </summary>
    public static ModelPrecision Fp8 { get; } = new("fp8", logitTolerance: 0.5f, isQuantized: true);

    /// <summary>Every precision that this build knows.</summary>
    public static IReadOnlyList<ModelPrecision> All { get; } = [Fp32, Fp16, Fp8, Int8, Int8Qdq];

    /// <summary>Name in a manifest, on the command line and in metrics.</summary>
    public string Name { get; }

    /// <summary>How far a logit may be from the one that was stored with the model, or from another engine's.</summary>
    public float LogitTolerance { get; }

    /// <summary>True when activations are rounded so coarsely that a model may lose its ranking: it is looked at before it is chosen.</summary>
    public bool IsQuantized { get; }

    /// <summary>True when processors have instructions for it; what others compute in they convert to and fro.</summary>
    public bool IsForProcessors { get; }

    /// <summary>The precision of that name, or null.</summary>
    public static ModelPrecision? Find(string? name) => All.FirstOrDefault(p => p.Name == name);

    /// <summary>The precision of that name.</summary>
    /// <exception cref="ArgumentException">No precision has that name.</exception>
    public static ModelPrecision Parse(string name)
        => Find(name) ?? throw new ArgumentException($"'{name}' is no precision; one of {string.Join(", ", All)}.", nameof(name));

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
