using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>How a precision expresses the operators that hold most weights.</summary>
internal interface IPrecisionOperators
{
    /// <summary>Type of activations between operators.</summary>
    OnnxType ActivationType { get; }

    /// <summary>Rows of the word embedding table, by id.</summary>
    string AddLookup(GraphBuilder graph, string table, string ids, string output);

    /// <summary>A whole table or matrix in <see cref="ActivationType"/>, or in FP32 where the plan stores it so.</summary>
    string UseTable(GraphBuilder graph, string table);

    /// <summary><c>x · W + b</c> of a module whose weight is stored as [in, out].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">Input, [..., in].</param>
    /// <param name="module">Name of the module in the checkpoint.</param>
    /// <param name="output">Name of the result, [..., out].</param>
    string AddLinear(GraphBuilder graph, string x, string module, string output);

    /// <summary>GELU of a module's result.</summary>
    string AddGelu(GraphBuilder graph, string x, string output) => graph.AddNode("Gelu", output, [x]);

    /// <summary>Layer normalization over the last axis.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">Input, [..., size].</param>
    /// <param name="module">Name of the module in the checkpoint.</param>
    /// <param name="size">Length of the last axis.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="output">Name of the result.</param>
    string AddNorm(GraphBuilder graph, string x, string module, int size, float epsilon, string output);

    /// <summary>A value as the shortcut around a sublayer reads it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The value, or a part of it.</param>
    /// <param name="value">Name of the value that linear modules read.</param>
    /// <param name="output">Name of the result where it is another one.</param>
    string UseShortcut(GraphBuilder graph, string x, string value, string output) => x;
}
