namespace Reranker.Onnx.HuggingFace;

/// <summary>Names of a module's tensors, which are the same in every checkpoint.</summary>
internal static class TensorNames
{
    /// <summary>The matrix of a linear module, stored [out, in], or the gain of a normalization.</summary>
    public static string NameWeight(string module) => $"{module}.weight";

    /// <summary>What is added behind it.</summary>
    public static string NameBias(string module) => $"{module}.bias";
}
