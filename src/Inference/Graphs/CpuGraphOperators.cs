namespace Reranker.Inference.Graphs;

/// <summary>
/// Operators of our own in a fused graph, which the CPU engine brings to ONNX Runtime. All values are FP32. A factor is what a column of a result
/// is multiplied by for the product that reads it.
/// </summary>
public static class CpuGraphOperators
{
    /// <summary>Their domain.</summary>
    public const string Domain = "reranker.cpu";

    /// <summary>
    /// Rows [..., columns], gain, bias and factors [columns] → layer normalization, and that times the factors. <see cref="GraphOperators.Epsilon"/>
    /// is added to the variance.
    /// </summary>
    public const string Normalized = "Normalized";

    /// <summary>As <see cref="Normalized"/>, of the sum of two inputs.</summary>
    public const string NormalizedSum = "NormalizedSum";

    /// <summary>
    /// Rows [..., columns], factors [columns] → exact GELU times the factors, each row divided by its largest value, or by <see cref="Floor"/> where that
    /// is larger; and what each was divided by, [..., 1].
    /// </summary>
    public const string EvenGelu = "EvenGelu";

    /// <summary>
    /// As <see cref="EvenGelu"/>, of rows [..., 2 · columns], of which the left half is activated and multiplied with the right one; the largest magnitude counts.
    /// </summary>
    public const string EvenGatedGelu = "EvenGatedGelu";

    /// <summary>
    /// Queries [batch, queries, hidden], keys and values [batch, keys, hidden], bias [1 or batch, 1, 1 or queries, keys], factors [hidden] → context times
    /// the factors, [batch, queries, hidden]. <see cref="GraphOperators.Heads"/> says how many; scores are scaled by the root of a head's size.
    /// </summary>
    public const string Attention = "Attention";

    /// <summary>
    /// As <see cref="Attention"/>, with cosines and sines [places, head size / 2] as the last inputs, by which the halves of queries and keys are turned
    /// against each other; a token's place is its place in the row.
    /// </summary>
    public const string RotaryAttention = "RotaryAttention";

    /// <summary>Attribute, a float: the least that a row is divided by.</summary>
    public const string Floor = "floor";
}
