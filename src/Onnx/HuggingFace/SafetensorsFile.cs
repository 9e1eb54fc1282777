using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Reranker.Inference.Models;

namespace Reranker.Onnx.HuggingFace;

/// <summary>
/// A safetensors file, opened for reading: eight bytes with the header's length, the header in JSON, the data. The header
/// is input from outside, so nothing of it is believed before it was checked against the file's size.
/// </summary>
/// <remarks>Format: https://huggingface.co/docs/safetensors (the tensors cover the data without holes or overlaps).</remarks>
internal sealed class SafetensorsFile : IDisposable
{
    // The bound of the reference implementation: a header of this size names about a million tensors.
    private const long MaxHeaderBytes = 100_000_000;
    private const int LengthBytes = sizeof(ulong);

    private readonly SafeFileHandle _handle;

    private SafetensorsFile(SafeFileHandle handle, IReadOnlyList<StoredTensor> tensors)
        => (_handle, Tensors) = (handle, tensors);

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="CheckpointException">The file is missing, cut, or its header does not describe it.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new CheckpointException(path, "missing");
        }

        var handle = CheckpointFile.OpenHandle(path);
        try
        {
            return new SafetensorsFile(handle, ReadHeader(path, handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Dispose() => _handle.Dispose();

    private static List<StoredTensor> ReadHeader(string path, SafeFileHandle handle)
    {
        var size = RandomAccess.GetLength(handle);
        Span<byte> prefix = stackalloc byte[LengthBytes];
        if (size < LengthBytes || RandomAccess.Read(handle, prefix, 0) < LengthBytes)
        {
            throw new CheckpointException(path, $"has {size} bytes; a safetensors file begins with a length of {LengthBytes}");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (GitLfsPointer.IsPointerFile(path))
        {
            throw new CheckpointException(path, GitLfsPointer.Reason);
        }

        if (length > MaxHeaderBytes || length > (ulong)(size - LengthBytes))
        {
            throw new CheckpointException(path, $"claims a header of {length} bytes in a file of {size}");
        }

        var header = new byte[length];
        if (RandomAccess.Read(handle, header, LengthBytes) < header.Length)
        {
            throw new CheckpointException(path, "ends inside its header");
        }

        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var dataOffset = LengthBytes + (long)length;
            var tensors = ReadTensors(path, handle, json.RootElement, dataOffset);
            CheckCoverage(path, tensors, dataOffset, size);
            return tensors;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CheckpointException(path, $"has no valid safetensors header ({e.Message})", e);
        }
    }

    private static List<StoredTensor> ReadTensors(string path, SafeFileHandle handle, JsonElement header, long dataOffset)
    {
        try
        {
            return
            [
                .. header.ListMembers().Where(p => p.Name != "__metadata__").Select(p => ReadTensor(path, handle, p, dataOffset))
                    .OrderBy(t => t.Offset).ThenBy(t => t.Bytes),
            ];
        }
        catch (JsonKindException e)
        {
            throw new CheckpointException(path, $"has no valid safetensors header: {e.Describe(header)}", e);
        }
    }

    private static StoredTensor ReadTensor(string path, SafeFileHandle handle, JsonProperty entry, long dataOffset)
    {
        var typeName = entry.Value.GetMember("dtype").ReadText();
        var type = typeName switch
        {
            nameof(StoredType.F32) => StoredType.F32,
            nameof(StoredType.F16) => StoredType.F16,
            nameof(StoredType.BF16) => StoredType.BF16,
            _ => StoredType.Other,
        };
        var shape = entry.Value.GetMember("shape").ListItems().Select(d => d.ReadLong()).ToArray();
        var offsets = entry.Value.GetMember("data_offsets").ListItems().Select(d => d.ReadLong()).ToArray();
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > long.MaxValue - dataOffset)
        {
            throw new CheckpointException(path, $"tensor '{entry.Name}' has data_offsets [{string.Join(", ", offsets)}]");
        }

        var tensor = new StoredTensor(
            path, handle, entry.Name, type, typeName, shape, dataOffset + offsets[0], offsets[1] - offsets[0]);
        if (type != StoredType.Other && CountBytes(shape, type) != tensor.Bytes)
        {
            throw new CheckpointException(
                path, $"tensor '{entry.Name}' of shape [{string.Join(", ", shape)}] and type {typeName} has {tensor.Bytes} bytes");
        }

        return tensor;
    }

    private static Int128 CountBytes(long[] shape, StoredType type)
    {
        Int128 bytes = type == StoredType.F32 ? 4 : 2;
        foreach (var size in shape)
        {
            // Past the largest file there is no size to compare with, and the product may not wrap around.
            if (size < 0 || bytes > long.MaxValue)
            {
                return -1;
            }

            bytes *= size;
        }

        return bytes;
    }

    private static void CheckCoverage(string path, List<StoredTensor> tensors, long dataOffset, long size)
    {
        var end = dataOffset;
        foreach (var tensor in tensors)
        {
            if (tensor.Offset != end)
            {
                var problem = tensor.Offset < end ? "overlaps the tensor before it" : "leaves a hole before it";
                throw new CheckpointException(path, $"tensor '{tensor.Name}' {problem}");
            }

            end += tensor.Bytes;
            if (end > size)
            {
                throw new CheckpointException(path, $"tensor '{tensor.Name}' ends at byte {end} of a file of {size}: the file is cut");
            }
        }

        if (end != size)
        {
            throw new CheckpointException(path, $"has {size - end} bytes that belong to no tensor");
        }
    }
}
