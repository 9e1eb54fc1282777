using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Weights;

/// <summary>
/// Writes the weights file from front to back, hashes it on the way, and refuses values that the stored type cannot hold:
/// a weight that is no number, or one that FP16 would turn into infinity, gives a model that answers nonsense.
/// </summary>
internal sealed class WeightsFileWriter(
    string path, long totalBytes, IProgress<ImportProgress>? progress, CancellationToken cancellationToken) : IDisposable
{
    private const int BlockElements = 1 << 16;

    private static readonly byte[] Padding = new byte[4096];

    private readonly FileStream _stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Half[] _halves = ArrayPool<Half>.Shared.Rent(BlockElements);
    private WeightEntry _entry = null!;
    private long _position;

    /// <summary>Moves to a tensor's place.</summary>
    public void BeginTensor(WeightEntry entry)
    {
        _entry = entry;
        WriteHashed(Padding.AsSpan(0, checked((int)(entry.Offset - _position))));
        progress?.Report(new ImportProgress("weights", entry.Name, _position, totalBytes));
    }

    /// <summary>Writes the tensor's next values in its type, FP32 or FP16.</summary>
    /// <exception cref="CheckpointException">A value is not finite, or too large for FP16.</exception>
    public void WriteValues(ReadOnlySpan<float> values)
    {
        while (!values.IsEmpty)
        {
            var block = values[..Math.Min(values.Length, BlockElements)];
            RequireFinite(_entry.Name, block);
            if (_entry.Type == OnnxType.Float16)
            {
                var halves = _halves.AsSpan(0, block.Length);
                TensorPrimitives.ConvertToHalf(block, halves);
                RequireNoOverflow(block, halves);
                WriteHashed(MemoryMarshal.AsBytes(halves));
            }
            else
            {
                WriteHashed(MemoryMarshal.AsBytes(block));
            }

            values = values[block.Length..];
        }
    }

    /// <summary>Writes the tensor's next bytes as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => WriteHashed(bytes);

    /// <summary>Checks that the tensor is whole.</summary>
    public void EndTensor()
    {
        if (_position != _entry.Offset + _entry.Bytes)
        {
            throw new InvalidOperationException(
                $"Tensor '{_entry.Name}' was given {_position - _entry.Offset} bytes instead of {_entry.Bytes}.");
        }
    }

    /// <summary>Forces the file to disk and returns its hash.</summary>
    public string FinishFile()
    {
        _stream.Flush(flushToDisk: true);
        progress?.Report(new ImportProgress("weights", null, totalBytes, totalBytes));
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose()
    {
        ArrayPool<Half>.Shared.Return(_halves);
        _hash.Dispose();
        _stream.Dispose();
    }

    /// <summary>Refuses NaN and infinity.</summary>
    public static void RequireFinite(string tensor, ReadOnlySpan<float> values)
    {
        // The largest magnitude is NaN or infinite exactly when some value is.
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude(values)))
        {
            throw new CheckpointException(tensor, "holds a value that is not finite");
        }
    }

    private void RequireNoOverflow(ReadOnlySpan<float> values, ReadOnlySpan<Half> halves)
    {
        if (!Half.IsFinite(TensorPrimitives.MaxMagnitude(halves)))
        {
            var max = Math.Abs(TensorPrimitives.MaxMagnitude(values));
            throw new CheckpointException(
                _entry.Name, FormattableString.Invariant($"holds {max:G6}, which FP16 cannot represent (largest {Half.MaxValue}); import as FP32"));
        }
    }

    private void WriteHashed(ReadOnlySpan<byte> bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _stream.Write(bytes);
        _hash.AppendData(bytes);
        _position += bytes.Length;
    }
}
