using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Weights;

/// <summary>
/// What the precisions of a folder that keep activations in FP16 have in common: everything but the encoder's matrices, so
/// embeddings, normalizations and biases in FP16, and the classifier in FP32.
/// </summary>
internal sealed class SharedWeights
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "weights.shared.bin";

    private SharedWeights(WeightPlan plan) => Plan = plan;

    /// <summary>The file.</summary>
    public WeightPlan Plan { get; }

    /// <summary>Plans the file.</summary>
    public static SharedWeights FromCheckpoint(Checkpoint checkpoint) => new(FloatPlan.CreatePlan(
        checkpoint, OnnxType.Float16, (_, tensor) => XlmRobertaTensors.IsEncoderMatrix(tensor.Name, tensor.Shape), foldsValueBias: false));

    /// <summary>The tensor of that name, if it has it in that type.</summary>
    public WeightEntry? Find(string name, OnnxType type)
        => Plan.Layout.Contains(name) && Plan.Layout[name] is var entry && entry.Type == type ? entry : null;
}
