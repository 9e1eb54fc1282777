using System.Runtime.CompilerServices;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>A kernel with its tiling, as cuBLASLt describes it; opaque.</summary>
[InlineArray(Cells)]
internal struct KernelAlgorithm
{
    public const int Cells = 8;

    private ulong _first;
}
