namespace Reranker.Inference.Graphs;

/// <summary>
/// Operators of our own in a packed graph, which the CUDA engine brings to ONNX Runtime. Rows are the tokens of all pairs one
/// after another. What is said of e4m3 is a UINT8 tensor of its bytes, and value = e4m3 × scale.
/// </summary>
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

    /// <summary>
    /// e4m3 <c>x</c> [rows, in], e4m3 <c>W</c> [out, in], FP16 <c>b</c> [out] → FP16 <c>scale · (x · Wᵀ) + b</c> [rows, out]; the
    /// <see cref="Scale"/> is the input's times the weight's.
    /// </summary>
    public const string Fp8Linear = "Fp8Linear";

    /// <summary>As <see cref="Fp8Linear"/>, → e4m3 <c>GELU(…) / output_scale</c>, which saturates.</summary>
    public const string Fp8LinearGelu = "Fp8LinearGelu";

    /// <summary>
    /// FP16 [rows, 3·hidden], in each row all heads' queries, then keys, then values; INT32 starts of the pairs [batch + 1] →
    /// FP16 context [rows, hidden]. <see cref="Heads"/> says how many.
    /// </summary>
    public const string PackedAttention = "PackedAttention";

    /// <summary>Sizes of heads for which there is packed attention.</summary>
    public static IReadOnlyList<int> AttentionHeadSizes { get; } = [32, 64];

    /// <summary>As <see cref="PackedAttention"/>, → e4m3 <c>… / output_scale</c>.</summary>
    public const string PackedAttentionFp8 = "PackedAttentionFp8";

    /// <summary>
    /// As <see cref="PackedAttention"/>, with FP32 frequencies [head size / 2] as the third input: queries and keys are turned by their
    /// place in the pair times these, the halves of a head against each other. <see cref="Window"/> says how far a token sees.
    /// </summary>
    public const string PackedRotaryAttention = "PackedRotaryAttention";

    /// <summary>As <see cref="PackedRotaryAttention"/>, → e4m3 <c>… / output_scale</c>.</summary>
    public const string PackedRotaryAttentionFp8 = "PackedRotaryAttentionFp8";

    /// <summary>FP16 <c>x</c> and <c>residual</c> [rows, hidden], gain and bias [hidden] → FP16 layer normalization of the sum.</summary>
    public const string NormalizedSum = "NormalizedSum";

    /// <summary>As <see cref="NormalizedSum"/>, with a second output: e4m3 <c>… / output_scale</c>.</summary>
    public const string NormalizedSumFp8 = "NormalizedSumFp8";

    /// <summary>
    /// FP16 words [vocabulary, hidden], INT32 ids [rows], FP16 table of positions [positions, hidden], INT32 positions [rows], gain and bias
    /// [hidden] → FP16 layer normalization of each token's word and position together.
    /// </summary>
    public const string NormalizedEmbeddings = "NormalizedEmbeddings";

    /// <summary>As <see cref="NormalizedEmbeddings"/>, with a second output: e4m3 <c>… / output_scale</c>.</summary>
    public const string NormalizedEmbeddingsFp8 = "NormalizedEmbeddingsFp8";

    /// <summary>As <see cref="NormalizedSum"/>, → FP16 sum, and FP16 layer normalization of it.</summary>
    public const string KeptSum = "KeptSum";

    /// <summary>As <see cref="NormalizedSum"/>, → FP16 sum, and layer normalization of it in e4m3 <c>… / output_scale</c>.</summary>
    public const string KeptSumFp8 = "KeptSumFp8";

    /// <summary>FP16 [rows, 2·columns] → FP16 <c>GELU(left half) · right half</c> [rows, columns], with the exact GELU.</summary>
    public const string GatedGelu = "GatedGelu";

    /// <summary>As <see cref="GatedGelu"/>, → e4m3 <c>… / output_scale</c>.</summary>
    public const string GatedGeluFp8 = "GatedGeluFp8";

    /// <summary>FP16 [rows, hidden], INT32 starts of the pairs [batch + 1] → FP32 mean of each pair's rows [batch, hidden].</summary>
    public const string PackedMean = "PackedMean";

    /// <summary>FP16 → e4m3 <c>x / output_scale</c>, which saturates.</summary>
    public const string QuantizeFp8 = "QuantizeFp8";

    /// <summary>Attribute, a float: what a sum of e4m3 products is multiplied with.</summary>
    public const string Scale = "scale";

    /// <summary>Attribute, a float: what a result is divided by before it is rounded to e4m3.</summary>
    public const string OutputScale = "output_scale";

    /// <summary>Attribute, an integer: attention heads.</summary>
    public const string Heads = "heads";

    /// <summary>Attribute, an integer: how far a token sees to either side; below 0 where it sees the whole pair.</summary>
    public const string Window = "window";

    /// <summary>Columns that kernels for rows take at once: their widths are multiples of it.</summary>
    public const int ColumnStep = 8;

    /// <summary>Attribute, a float: what is added to the variance.</summary>
    public const string Epsilon = "epsilon";
}
