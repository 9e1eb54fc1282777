using System.Globalization;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>The kernels by their names in the source, and the shared memory that each is launched with.</summary>
internal static class KernelNames
{
    /// <summary>Makes the list of tiles.</summary>
    public const string ListTiles = "list_tiles";

    /// <summary>FP16 to e4m3.</summary>
    public const string Quantize = "quantize";

    /// <summary>The means of the pairs' rows.</summary>
    public const string Mean = "mean";

    /// <summary>The name of the attention kernel for a head size.</summary>
    public static string NameAttention(int headSize, bool isFp8, bool isRotary)
        => string.Create(CultureInfo.InvariantCulture, $"{(isRotary ? "rotary" : "attention")}_{headSize}_{NameType(isFp8)}");

    /// <summary>The name of the kernel that normalizes rows of so many columns.</summary>
    public static string NameNormalize(int columns, bool isFp8, bool keepsSum)
    {
        var (width, name) = (NormalizeShape.FindWidth(columns), keepsSum ? "keep" : "normalize");
        return width == 0
            ? $"{name}_long_{NameType(isFp8)}"
            : string.Create(CultureInfo.InvariantCulture, $"{name}_{width}_{NameType(isFp8)}");
    }

    /// <summary>The name of the kernel of a gated GELU.</summary>
    public static string NameGate(bool isFp8) => $"gate_{NameType(isFp8)}";

    /// <summary>All of an image.</summary>
    public static IEnumerable<(string Name, int SharedBytes)> ListKernels(bool hasFp8, bool isHopper)
    {
        yield return (ListTiles, 0);
        yield return (Mean, 0);
        if (hasFp8)
        {
            yield return (Quantize, 0);
        }

        foreach (var isFp8 in hasFp8 ? new[] { false, true } : [false])
        {
            yield return (NameGate(isFp8), 0);
            foreach (var isOther in (bool[])[false, true])
            {
                foreach (var headSize in AttentionShape.HeadSizes)
                {
                    yield return (NameAttention(headSize, isFp8, isRotary: isOther), AttentionTile.FromKernel(isHopper, headSize, isRotary: isOther).SharedBytes);
                }

                foreach (var width in (int[])[.. NormalizeShape.Widths, int.MaxValue])
                {
                    yield return (NameNormalize(width, isFp8, keepsSum: isOther), 0);
                }
            }
        }
    }

    private static string NameType(bool isFp8) => isFp8 ? "e4m3" : "f16";
}
