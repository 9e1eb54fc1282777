namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>What is done to a matrix product before it is written, by its number in cuBLASLt.</summary>
internal enum Epilogue
{
    /// <summary>Nothing.</summary>
    None = 1,

    /// <summary>A bias is added.</summary>
    Bias = 4,

    /// <summary>
    /// A bias is added and GELU applied, in cuBLASLt's tanh form. It works on the FP32 sum, so the result is nearer to the exact
    /// GELU than that of an FP16 product with the exact GELU behind it (0.0007 against 0.0010 at most, inputs of deviation 0.3).
    /// </summary>
    BiasGelu = 36,
}
