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

    /// <summary>GELU of the left half of a module's result times the right half.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inner">The result, [..., 2 · columns].</param>
    /// <param name="columns">Columns of a half.</param>
    /// <param name="name">Prefix of the values.</param>
    string AddGatedGelu(GraphBuilder graph, string inner, long columns, string name)
    {
        graph.AddNode(
            "", "Split", [$"{name}/active", $"{name}/gate"],
            [inner, graph.AddIntegers("feed_forward/halves", columns, columns)], OnnxAttribute.Create("axis", -1));
        return graph.AddNode("Mul", $"{name}/gelu", [graph.AddNode("Gelu", $"{name}/activated", [$"{name}/active"]), $"{name}/gate"]);
    }

    /// <summary>True where attention is one operator, that of <see cref="AddAttention"/>; false where a graph says it in several.</summary>
    bool HasAttention => false;

    /// <summary>Attention in one operator.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">What it is worked out of.</param>
    /// <param name="output">Name of the result, [batch, queries, hidden].</param>
    string AddAttention(GraphBuilder graph, AttentionInputs inputs, string output)
        => throw new NotSupportedException("This precision says attention in standard operators.");

    /// <summary>Layer normalization of a sum over its last axis.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">One part, [..., size].</param>
    /// <param name="residual">The other.</param>
    /// <param name="sum">Name of the sum where it is a value of its own.</param>
    /// <param name="norm">How it is normalized.</param>
    /// <param name="output">Name of the result.</param>
    string AddNormalizedSum(GraphBuilder graph, string x, string residual, string sum, NormModule norm, string output)
        => AddNorm(graph, graph.AddNode("Add", sum, [x, residual]), norm.Module, norm.Size, norm.Epsilon, output);

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
