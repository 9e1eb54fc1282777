namespace Reranker.Onnx.Graphs;

/// <summary>How a packed graph says the matrix products of its layers; a module's weight is stored as [in, out].</summary>
internal interface IPackedProducts
{
    /// <summary><c>x · W</c>.</summary>
    string AddProduct(GraphBuilder graph, string x, string module);

    /// <summary><c>x · W + b</c>.</summary>
    string AddLinear(GraphBuilder graph, string x, string module);

    /// <summary><c>gelu(x · W + b)</c>.</summary>
    string AddLinearGelu(GraphBuilder graph, string x, string module);
}
