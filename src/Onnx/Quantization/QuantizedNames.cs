namespace Reranker.Onnx.Quantization;

/// <summary>Names of the tensors that only a quantized model has.</summary>
internal static class QuantizedNames
{
    /// <summary>Scales of a quantized tensor: one a row of the embedding table, one a column of a matrix.</summary>
    public static string NameScale(string weight) => $"{weight}.scale";

    /// <summary>Factors that a module's input is multiplied with before it is quantized, one a channel.</summary>
    public static string NameSmoothing(string input) => $"{input}.smoothing";

    /// <summary>Name of a value behind its rounding by a static scale, as products read it.</summary>
    public static string NameRounded(string value) => $"{value}/rounded";
}
