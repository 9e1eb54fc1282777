namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>
/// The engine's own kernels as PTX, which the driver makes machine code of, for whatever card is there. One image is for all cards of
/// its architecture and later ones; that of 9.0a has instructions of that card alone.
/// </summary>
internal static class KernelImage
{
    /// <summary>The oldest cards that run the kernels, as 10 × major + minor.</summary>
    public const int MinCapability = 80;

    /// <summary>The oldest cards that compute in FP8.</summary>
    public const int MinFp8Capability = 89;

    private const int HopperCapability = 90;

    private const string Hopper = "kernels.sm_90a.ptx";
    private const string WithFp8 = "kernels.sm_89.ptx";
    private const string Oldest = "kernels.sm_80.ptx";

    /// <summary>Names of all images.</summary>
    public static readonly string[] Names = [Hopper, WithFp8, Oldest];

    /// <summary>Name of the image for a card; null where there is none.</summary>
    public static string? FindName(int computeCapability) => computeCapability switch
    {
        HopperCapability => Hopper,
        >= MinFp8Capability => WithFp8,
        >= MinCapability => Oldest,
        _ => null,
    };

    /// <summary>True for cards whose image is Hopper's own: kernels begin there before the one in front of them has ended, and wait for it themselves.</summary>
    public static bool IsHopper(int computeCapability) => computeCapability == HopperCapability;

    /// <summary>An image, with a zero at its end as the driver wants it.</summary>
    public static byte[] ReadImage(string name)
    {
        using var resource = typeof(KernelImage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in this assembly");
        var image = new byte[resource.Length + 1];
        resource.ReadExactly(image, 0, (int)resource.Length);
        return image;
    }
}
