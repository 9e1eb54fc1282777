using System.Globalization;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>The kernels by their names in the source, and the shared memory that each is launched with.</summary>
internal static class KernelNames
{
    /// <summary>Makes the list of tiles.</summary>
    public const string ListTiles = "list_tiles";

    /// <summary>FP16 to e4m3.</summary>
    public const string Quantize = "quantize";

    /// <summary>The name of the attention kernel for a head size.</summary>
    public static string NameAttention(int headSize, bool isFp8) => string.Create(CultureInfo.InvariantCulture, $"attention_{headSize}_{NameType(isFp8)}");

    /// <summary>The name of the kernel that normalizes rows of so many columns.</summary>
    public static string NameNormalize(int columns, bool isFp8)
    {
        var width = NormalizeShape.FindWidth(columns);
        return width == 0
            ? $"normalize_long_{NameType(isFp8)}"
            : string.Create(CultureInfo.InvariantCulture, $"normalize_{width}_{NameType(isFp8)}");
    }

    /// <summary>All of an image.</summary>
    public static IEnumerable<(string Name, int SharedBytes)> ListKernels(bool hasFp8)
    {
        yield return (ListTiles, 0);
        if (hasFp8)
        {
            yield return (Quantize, 0);
        }

        foreach (var isFp8 in hasFp8 ? new[] { false, true } : [false])
        {
            foreach (var headSize in AttentionShape.HeadSizes)
            {
                yield return (NameAttention(headSize, isFp8), AttentionShape.CountSharedBytes(headSize));
            }

            foreach (var width in NormalizeShape.Widths)
            {
                yield return (NameNormalize(width, isFp8), 0);
            }

            yield return (NameNormalize(int.MaxValue, isFp8), 0);
        }
    }

    private static string NameType(bool isFp8) => isFp8 ? "e4m3" : "f16";
}
