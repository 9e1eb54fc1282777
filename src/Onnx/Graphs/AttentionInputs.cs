namespace Reranker.Onnx.Graphs;

/// <summary>What an attention is worked out of.</summary>
/// <param name="Query">Queries, [batch, queries, hidden].</param>
/// <param name="Key">Keys, [batch, sequence, hidden].</param>
/// <param name="Value">Values, [batch, sequence, hidden].</param>
/// <param name="Bias">What is added to scores, [batch, 1, 1 or queries, sequence].</param>
/// <param name="Heads">Heads.</param>
/// <param name="Hidden">Numbers of a token.</param>
internal sealed record AttentionInputs(string Query, string Key, string Value, string Bias, int Heads, int Hidden)
{
    /// <summary>Cosines and sines of the angles by which queries and keys are turned, [sequence, head size / 2]; null where they are not.</summary>
    public (string Cosine, string Sine)? Turns { get; init; }
}

/// <summary>A layer normalization.</summary>
/// <param name="Module">Name of the module in the checkpoint.</param>
/// <param name="Size">Length of the last axis.</param>
/// <param name="Epsilon">Added to the variance.</param>
internal readonly record struct NormModule(string Module, int Size, float Epsilon);
