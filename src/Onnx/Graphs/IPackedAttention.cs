namespace Reranker.Onnx.Graphs;

/// <summary>Self-attention of one layer over tokens that are packed without padding.</summary>
internal interface IPackedAttention
{
    /// <summary>Adds projections and attention.</summary>
    /// <param name="graph">The graph; it has the inputs of <see cref="PackedGraph"/>.</param>
    /// <param name="x">Hidden states, [tokens, hidden].</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <returns>The context before the output projection, [tokens, hidden].</returns>
    string AddAttention(GraphBuilder graph, string x, int layer);

    /// <summary>The bias behind the layer's output projection, which may hold what this attention leaves out.</summary>
    string FindOutputBias(int layer);
}
