using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// Chosen kernels on disk. cuBLASLt lets its descriptions of kernels be kept and used again by the same version of it; it does not say
/// what it does with one that was changed, so the file has a checksum.
/// </summary>
internal sealed record KeptKernels
{
    /// <summary>For what they were chosen.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of everything else, in hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The kernels.</summary>
    public required IReadOnlyList<KeptKernel> Kernels { get; init; }

    /// <summary>Reads what <see cref="Save"/> wrote; null when there is nothing that can be read and is whole, or it is for another key.</summary>
    public static IReadOnlyList<KernelChoice>? TryLoad(string path, string key)
    {
        try
        {
            using var stream = WholeFile.TryOpen(path);
            return stream is not null && JsonSerializer.Deserialize(stream, KeptKernelsJson.Default.KeptKernels) is { } read && read.Key == key && read.Sha256 == read.ComputeHash()
                ? [.. read.Kernels.Select(k => k.ToChoice())]
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            // A file that is cut, foreign or somebody else's costs a new choice, nothing else.
            return null;
        }
    }

    /// <summary>Writes kernels, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Save(string path, string key, IEnumerable<KernelChoice> choices)
    {
        var kept = new KeptKernels { Key = key, Sha256 = "", Kernels = [.. choices.Select(KeptKernel.FromChoice)] };
        kept = kept with { Sha256 = kept.ComputeHash() };
        WholeFile.WriteFile(path, stream => JsonSerializer.Serialize(stream, kept, KeptKernelsJson.Default.KeptKernels));
    }

    private string ComputeHash()
    {
        var text = new StringBuilder().Append(Key).Append('\n');
        foreach (var kernel in Kernels)
        {
            text.Append(CultureInfo.InvariantCulture, $"{kernel}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>A chosen kernel as text.</summary>
/// <param name="Epilogue">Of the product.</param>
/// <param name="Inner">Columns of its left operand.</param>
/// <param name="Outer">Columns of its result.</param>
/// <param name="Types">Types of operands and result.</param>
/// <param name="Size">Rows.</param>
/// <param name="Algorithm">The kernel in hexadecimal digits.</param>
internal sealed record KeptKernel(Epilogue Epilogue, int Inner, int Outer, ProductTypes Types, int Size, string Algorithm)
{
    public static KeptKernel FromChoice(KernelChoice choice)
    {
        var (product, size, algorithm) = choice;
        var bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in algorithm, 1));
        return new KeptKernel(product.Epilogue, product.Inner, product.Outer, product.Types, size, Convert.ToHexStringLower(bytes));
    }

    /// <exception cref="FormatException">The kernel is not one.</exception>
    public KernelChoice ToChoice()
    {
        var bytes = Convert.FromHexString(Algorithm);
        return bytes.Length == KernelAlgorithm.Cells * sizeof(ulong)
            ? new KernelChoice(new MatrixProduct(Epilogue, Inner, Outer, Types), Size, MemoryMarshal.Read<KernelAlgorithm>(bytes))
            : throw new FormatException($"{bytes.Length} bytes are no kernel.");
    }
}

/// <summary>How chosen kernels look on disk.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KeptKernels))]
internal sealed partial class KeptKernelsJson : JsonSerializerContext;
