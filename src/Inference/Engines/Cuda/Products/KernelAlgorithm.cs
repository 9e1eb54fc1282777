using System.Runtime.CompilerServices;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>A kernel with its tiling, as cuBLASLt describes it; opaque.</summary>
[InlineArray(Cells)]
internal struct KernelAlgorithm
{
    public const int Cells = 8;

    private ulong _first;

    /// <summary>Moves each kernel that is not one of those before it to the front, in order; returns how many there are.</summary>
    public static int MoveDistinctToFront(Span<KernelAlgorithm> kernels)
    {
        var count = 0;
        for (var i = 0; i < kernels.Length; i++)
        {
            var kernel = kernels[i];
            var isKnown = false;
            for (var known = 0; known < count && !isKnown; known++)
            {
                isKnown = ((ReadOnlySpan<ulong>)kernels[known]).SequenceEqual(kernel);
            }

            if (!isKnown)
            {
                kernels[count++] = kernel;
            }
        }

        return count;
    }
}
