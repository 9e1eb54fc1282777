using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Reranker.TestKit.Reference;

/// <summary>Changes tensors of a safetensors file in place, to plant something in a checkpoint.</summary>
public static class CheckpointEdit
{
    /// <summary>Rewrites a file of FP32 or FP16 tensors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="change">Given all tensors by name; what it changes in them is written back in their type.</param>
    public static void Rewrite(string path, Action<Dictionary<string, float[]>> change)
    {
        var file = File.ReadAllBytes(path);
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        var places = header.RootElement.EnumerateObject().Where(t => t.Name != "__metadata__").ToDictionary(
            t => t.Name,
            t => (Type: t.Value.GetProperty("dtype").GetString()!,
                Begin: 8 + headerLength + t.Value.GetProperty("data_offsets")[0].GetInt32(),
                End: 8 + headerLength + t.Value.GetProperty("data_offsets")[1].GetInt32()));
        var tensors = places.ToDictionary(p => p.Key, p => Read(p.Value.Type, file.AsSpan(p.Value.Begin..p.Value.End)));
        change(tensors);
        foreach (var (name, place) in places)
        {
            Write(place.Type, tensors[name], file.AsSpan(place.Begin..place.End));
        }

        File.WriteAllBytes(path, file);
    }

    private static float[] Read(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "F32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
        "F16" => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), h => (float)h),
        _ => throw new NotSupportedException(type),
    };

    private static void Write(string type, float[] values, Span<byte> bytes)
    {
        if (type == "F32")
        {
            MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(bytes);
        }
        else
        {
            MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (Half)v).AsSpan()).CopyTo(bytes);
        }
    }
}
