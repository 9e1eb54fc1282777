namespace Reranker.Inference.Graphs;

/// <summary>Operators of our own in a packed FP16 graph, which the CUDA engine brings to ONNX Runtime.</summary>
public static class GraphOperators
{
    /// <summary>Their domain.</summary>
    public const string Domain = "reranker";

    /// <summary><c>x · W</c>.</summary>
    public const string Product = "Product";

    /// <summary><c>x · W + b</c>.</summary>
    public const string Linear = "Linear";

    /// <summary><c>GELU(x · W + b)</c>.</summary>
    public const string LinearGelu = "LinearGelu";
}
