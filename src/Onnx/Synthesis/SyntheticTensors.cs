using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Synthesis;

/// <summary>Streams random tensors into a safetensors file.</summary>
internal static class SyntheticTensors
{
    private const int BlockElements = 1 << 18;
    private const int HeaderAlignment = 8;
    private const float EmbeddingDeviation = 0.05f;
    private const float BiasDeviation = 0.05f;
    private const float GainDeviation = 0.1f;

    // Above 1, attention is not flat and logits differ from pair to pair; far above, deep encoders become chaotic.
    private const float MatrixGain = 1.25f;

    public static void Write(
        string path, IReadOnlyList<(string Name, long[] Shape)> tensors, int seed, StoredType type, CancellationToken cancellationToken)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        WriteHeader(stream, tensors, type);
        var values = new float[BlockElements];
        var halves = new ushort[BlockElements];
        foreach (var (name, shape) in tensors)
        {
            var numbers = new SyntheticNumbers(ComputeSeed(name, seed));
            var (mean, deviation) = FindDistribution(name, shape);
            for (var left = CountElements(shape); left > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var block = values.AsSpan(0, (int)Math.Min(left, BlockElements));
                numbers.Fill(block, mean, deviation);
                stream.Write(NarrowValues(block, halves, type));
                left -= block.Length;
            }
        }
    }

    private static void WriteHeader(FileStream stream, IReadOnlyList<(string Name, long[] Shape)> tensors, StoredType type)
    {
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        long offset = 0;
        foreach (var (name, shape) in tensors)
        {
            var end = offset + (CountElements(shape) * (type == StoredType.F32 ? 4 : 2));
            header[name] = new JsonObject
            {
                ["dtype"] = type.ToString(),
                ["shape"] = new JsonArray([.. shape.Select(d => JsonValue.Create(d))]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = (json.Length + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment;
        stream.Write(BitConverter.GetBytes((ulong)padded));
        stream.Write(json);
        stream.Write("       "u8[..(padded - json.Length)]);
    }

    private static (float Mean, float Deviation) FindDistribution(string name, long[] shape) => name switch
    {
        _ when name.EndsWith("norm.weight", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_ln.weight", StringComparison.Ordinal) => (1, GainDeviation),
        _ when name.Contains("_embeddings.", StringComparison.Ordinal) => (0, EmbeddingDeviation),
        _ when shape is [_, var columns] => (0, MatrixGain / MathF.Sqrt(columns)),
        _ => (0, BiasDeviation),
    };

    // Each tensor has a stream of its own, so that its values do not depend on how tensors are spread over shards.
    private static ulong ComputeSeed(string name, int seed)
    {
        var hash = 14695981039346656037UL ^ (uint)seed;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return hash;
    }

    private static ReadOnlySpan<byte> NarrowValues(Span<float> values, ushort[] halves, StoredType type)
    {
        var target = halves.AsSpan(0, values.Length);
        switch (type)
        {
            case StoredType.F32:
                return MemoryMarshal.AsBytes(values);
            case StoredType.F16:
                TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<ushort, Half>(target));
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    target[i] = (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16);
                }

                break;
        }

        return MemoryMarshal.AsBytes(target);
    }

    private static long CountElements(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);
}
