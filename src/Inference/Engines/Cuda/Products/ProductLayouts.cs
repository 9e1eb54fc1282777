namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>A product in the terms of cuBLASLt: what is done, and how each matrix lies.</summary>
/// <param name="Product">What is done.</param>
/// <param name="Weight">Left operand there.</param>
/// <param name="X">Right operand there.</param>
/// <param name="Addend">What could be added; the result's own layout unless that is FP8.</param>
/// <param name="Result">Result.</param>
internal readonly record struct ProductLayouts(nint Product, nint Weight, nint X, nint Addend, nint Result);
