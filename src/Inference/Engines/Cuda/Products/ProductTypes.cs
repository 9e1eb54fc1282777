namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>Types of a product's operands and of its result.</summary>
internal enum ProductTypes
{
    /// <summary>FP16 all of them.</summary>
    Half,

    /// <summary>FP8 (e4m3) operands, FP16 result.</summary>
    EightToHalf,

    /// <summary>FP8 (e4m3) operands and result.</summary>
    Eight,
}
