namespace Reranker.Onnx.Graphs;

/// <summary>How a <see cref="RotaryPackedGraph"/> says what an encoder with rotary positions has in place of the usual steps.</summary>
internal interface IRotarySteps : IPackedSteps
{
    /// <summary>FP16 hidden states as products read them.</summary>
    string AddRead(GraphBuilder graph, string x);

    /// <summary>A sum that goes on as the residual, and its layer normalization as products read it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">FP16.</param>
    /// <param name="residual">FP16.</param>
    /// <param name="norm">Module of the normalization.</param>
    /// <param name="sum">Name of the sum.</param>
    /// <param name="output">Name of the normalized sum, as in the padded graph.</param>
    /// <returns>That, as products read it.</returns>
    string AddKeptSum(GraphBuilder graph, string x, string residual, string norm, string sum, string output);

    /// <summary>Attention over queries, keys and values, of which the first two are turned by their places, as products read it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="queryKeyValue">Result of <see cref="IPackedSteps.AddQueryKeyValue"/>.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="output">Name of the result, as in the padded graph.</param>
    string AddRotaryAttention(GraphBuilder graph, string queryKeyValue, int layer, string output);

    /// <summary>GELU of the left half of FP16 columns times their right half, as products read it.</summary>
    string AddGatedGelu(GraphBuilder graph, string x, string output);
}
