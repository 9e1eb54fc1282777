namespace Reranker.Onnx.Graphs;

/// <summary>How a packed graph says the matrix products of its layers; a module's weight is stored as [in, out].</summary>
internal interface IPackedProducts
{
    /// <summary><c>x · W</c>.</summary>
    string Product(GraphBuilder graph, string x, string module);

    /// <summary><c>x · W + b</c>.</summary>
    string Linear(GraphBuilder graph, string x, string module);

    /// <summary><c>gelu(x · W + b)</c>.</summary>
    string Gelu(GraphBuilder graph, string x, string module);
}
