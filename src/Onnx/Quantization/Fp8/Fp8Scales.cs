using System.Numerics.Tensors;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Static;

namespace Reranker.Onnx.Quantization.Fp8;

/// <summary>All scales of an FP8 model, one a tensor: value = e4m3 × scale.</summary>
internal sealed class Fp8Scales
{
    private readonly ActivationScales _activations;
    private readonly Dictionary<string, float> _weights;
    private readonly Dictionary<string, string> _valueOf;

    private Fp8Scales(ActivationScales activations, Dictionary<string, float> weights, Dictionary<string, string> valueOf)
        => (_activations, _weights, _valueOf) = (activations, weights, valueOf);

    /// <summary>Takes the weights' scales from their largest magnitudes, which e4m3 then represents exactly.</summary>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="activations">The activations' scales, for e4m3.</param>
    /// <exception cref="CheckpointException">A weight is not finite.</exception>
    public static Fp8Scales FromCheckpoint(Checkpoint checkpoint, ActivationScales activations)
    {
        var (weights, valueOf) = (new Dictionary<string, float>(), new Dictionary<string, string>());
        foreach (var input in Fp8Inputs.ListInputs(checkpoint.Shape))
        {
            var largest = input.Modules.Max(m => FindLargest(checkpoint[TensorNames.NameWeight(m)]));
            foreach (var module in input.Modules)
            {
                weights.Add(module, largest == 0 ? 1 : largest / E4M3.Max);
                valueOf.Add(module, input.Value);
            }
        }

        return new Fp8Scales(activations, weights, valueOf);
    }

    /// <summary>True for modules that read e4m3.</summary>
    public bool Covers(string module) => _weights.ContainsKey(module);

    /// <summary>The scale of a module's matrix.</summary>
    public float FindWeightScale(string module) => _weights[module];

    /// <summary>The scale of what a module reads.</summary>
    public float FindInputScale(string module) => _activations[_valueOf[module]];

    /// <summary>The scale of an activation by its name in the padded graph.</summary>
    public float FindScale(string value) => _activations[value];

    private static float FindLargest(StoredTensor matrix)
    {
        var values = matrix.ReadAll();
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(values));
        return float.IsFinite(largest) ? largest : throw new CheckpointException(matrix.Name, "holds a value that is not finite");
    }
}
