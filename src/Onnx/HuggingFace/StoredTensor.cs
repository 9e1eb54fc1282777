using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Reranker.Onnx.HuggingFace;

/// <summary>One tensor of a safetensors file: where it lies, and reads of any part of it as FP32.</summary>
internal sealed record StoredTensor(
    string File, SafeFileHandle Handle, string Name, StoredType Type, string TypeName, long[] Shape, long Offset, long Bytes)
{
    // Bounds the memory of a read, whatever the tensor's size.
    private const int MaxReadBytes = 1 << 20;

    // What its file calls it, whatever graphs do; copies of this keep it.
    private readonly string _nameInFile = Name;

    // Of a tensor that is computed from another one.
    private float[]? _values;

    // Of one whose elements begin elsewhere and go round.
    private long _start;

    /// <summary>Number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);

    private int ElementSize => Type == StoredType.F32 ? 4 : 2;

    /// <summary>Reads elements from <paramref name="first"/> on, widened to FP32 without loss.</summary>
    /// <exception cref="CheckpointException">The type holds no weights, a value is not finite, or the file ends before the tensor does.</exception>
    public void Read(long first, Span<float> destination)
    {
        if (_values is not null)
        {
            _values.AsSpan((int)first, destination.Length).CopyTo(destination);
            return;
        }

        if (_start > 0)
        {
            ReadRound(first, destination);
            return;
        }

        if (Type == StoredType.Other)
        {
            throw Refuse($"has type {TypeName}; F32, F16 and BF16 are read");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(MaxReadBytes, destination.Length * ElementSize));
        try
        {
            var room = buffer.Length / ElementSize;
            while (!destination.IsEmpty)
            {
                var count = Math.Min(destination.Length, room);
                var bytes = buffer.AsSpan(0, count * ElementSize);
                ReadBytes(Offset + (first * ElementSize), bytes);
                WidenToFloat(bytes, destination[..count]);
                RequireFinite(destination[..count]);
                destination = destination[count..];
                first += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads the whole tensor.</summary>
    public float[] ReadAll()
    {
        var values = new float[Elements];
        Read(0, values);
        return values;
    }

    /// <summary>Some of its rows as a tensor of their own.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Number of rows.</param>
    public StoredTensor TakeRows(string name, long first, long count)
    {
        var width = Shape.Skip(1).Aggregate(1L, (product, size) => product * size) * ElementSize;
        return this with { Name = name, Shape = [count, .. Shape.Skip(1)], Offset = Offset + (first * width), Bytes = count * width };
    }

    /// <summary>The second half of its rows before the first.</summary>
    /// <param name="name">Its name.</param>
    public StoredTensor SwapHalves(string name) => this with { Name = name, _start = Elements / 2 };

    /// <summary>A small tensor that was computed from this one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Its elements.</param>
    public StoredTensor WithValues(string name, long[] shape, float[] values) => this with { Name = name, Shape = shape, _values = values };

    /// <summary>The error that something is wrong with it, by its file and the name that it has there.</summary>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The error below it.</param>
    public CheckpointException Refuse(string reason, Exception? innerException = null) => new(File, $"tensor '{_nameInFile}' {reason}", innerException);

    private void RequireFinite(ReadOnlySpan<float> values)
    {
        // The largest magnitude is NaN or infinite exactly when some value is.
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude(values)))
        {
            throw Refuse("holds a value that is not finite");
        }
    }

    private void ReadRound(long first, Span<float> destination)
    {
        var plain = this with { _start = 0 };
        while (!destination.IsEmpty)
        {
            var at = (first + _start) % Elements;
            var part = destination[..(int)Math.Min(destination.Length, Elements - at)];
            plain.Read(at, part);
            destination = destination[part.Length..];
            first += part.Length;
        }
    }

    private void ReadBytes(long position, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(Handle, bytes, position);
            if (read == 0)
            {
                throw new CheckpointException(File, $"ends inside tensor '{_nameInFile}'");
            }

            bytes = bytes[read..];
            position += read;
        }
    }

    private void WidenToFloat(ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        switch (Type)
        {
            case StoredType.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(destination);
                break;
            case StoredType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            default:
                // BF16 is the upper half of an FP32.
                var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < halves.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                }

                break;
        }
    }
}
