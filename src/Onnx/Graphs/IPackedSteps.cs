namespace Reranker.Onnx.Graphs;

/// <summary>Hidden states in the types that their readers take.</summary>
/// <param name="Half">FP16, for residuals.</param>
/// <param name="Product">As matrix products read them: the same, or e4m3 bytes of it.</param>
internal readonly record struct PackedHidden(string Half, string Product);

/// <summary>How a <see cref="JointPackedGraph"/> says its steps with the CUDA engine's operators.</summary>
internal interface IPackedSteps
{
    /// <summary>Layer normalization of the words' and the positions' rows.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="ids">Ids of the tokens.</param>
    /// <param name="positions">Their positions.</param>
    /// <param name="output">Name of the result, as in the padded graph.</param>
    PackedHidden AddEmbeddings(GraphBuilder graph, string ids, string positions, string output);

    /// <summary>Layer normalization of a sum.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">FP16.</param>
    /// <param name="residual">FP16.</param>
    /// <param name="norm">Module of the normalization.</param>
    /// <param name="output">Name of the result, as in the padded graph.</param>
    /// <param name="isMultiplied">False where no product reads the result.</param>
    PackedHidden AddNormalizedSum(GraphBuilder graph, string x, string residual, string norm, string output, bool isMultiplied);

    /// <summary>Queries, keys and values of a layer in one product, FP16 [tokens, 3·hidden].</summary>
    string AddQueryKeyValue(GraphBuilder graph, string x, int layer);

    /// <summary>Attention over them, as products read it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="queryKeyValue">Result of <see cref="AddQueryKeyValue"/>.</param>
    /// <param name="output">Name of the result, as in the padded graph.</param>
    string AddAttention(GraphBuilder graph, string queryKeyValue, string output);

    /// <summary><c>x · W + b</c>, FP16.</summary>
    string AddLinear(GraphBuilder graph, string x, string module, string output);

    /// <summary><c>gelu(x · W + b)</c>, as products read it.</summary>
    string AddLinearGelu(GraphBuilder graph, string x, string module, string output);
}
