namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>The kernel that was the fastest for a product.</summary>
/// <param name="Product">The product.</param>
/// <param name="Size">Its rows, one of <see cref="ProductSizes"/>.</param>
/// <param name="Algorithm">The kernel, which is one of this cuBLASLt alone.</param>
internal readonly record struct KernelChoice(MatrixProduct Product, int Size, KernelAlgorithm Algorithm);
