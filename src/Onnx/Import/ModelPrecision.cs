using System.Diagnostics.CodeAnalysis;

namespace Reranker.Onnx.Import;

/// <summary>Precision of an imported model; it is part of the graph and of the model's identity.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "INT8 is the name of the precision.")]
public enum ModelPrecision
{
    /// <summary>Weights and activations in FP32.</summary>
    Fp32,

    /// <summary>Weights and activations in FP16, the classifier head in FP32.</summary>
    Fp16,

    /// <summary>Weights in INT8, activations quantized at run time: for CPUs.</summary>
    Int8,

    /// <summary>
    /// Weights of the linear layers in INT8, their activations quantized with static scales (explicit QDQ), all else in FP16:
    /// for TensorRT.
    /// </summary>
    Int8Qdq,
}
