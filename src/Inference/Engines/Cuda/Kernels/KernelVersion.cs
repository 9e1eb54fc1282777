using System.Security.Cryptography;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>
/// Names the CUDA engine's own kernels by what they are: the first digits of an image's SHA-256. Times that other kernels were measured with
/// are other times.
/// </summary>
public static class KernelVersion
{
    private const int Digits = 12;

    /// <summary>Those of this program for a card; null where it has none for it.</summary>
    /// <param name="computeCapability">10 × major + minor.</param>
    public static string? Find(int computeCapability) => KernelImage.FindName(computeCapability) is { } name ? HashImage(name) : null;

    /// <summary>True when this program has these kernels for some card.</summary>
    public static bool IsCurrent(string version) => KernelImage.Names.Any(n => HashImage(n) == version);

    // As 'sha256sum' of the file says it: without the zero at its end.
    private static string HashImage(string name) => Convert.ToHexStringLower(SHA256.HashData(KernelImage.ReadImage(name).AsSpan()[..^1]))[..Digits];
}
