using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>
/// Page-locked host memory of a lane, from which the GPU copies by itself. It holds one input or output of any shape up to
/// its capacity, and is allocated once.
/// </summary>
internal sealed class StagingBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly OrtValue _memory;
    private readonly nint _address;

    /// <param name="memory">A tensor of that type and capacity in host memory; the buffer owns it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="capacity">Its elements.</param>
    public StagingBuffer(OrtValue memory, TensorElementType type, int capacity)
    {
        (_memory, ElementType, Capacity) = (memory, type, capacity);
        _address = TensorAddress.FindAddress(_memory);
    }

    public TensorElementType ElementType { get; }

    /// <summary>Most elements.</summary>
    public int Capacity { get; }

    /// <summary>All of it.</summary>
    public unsafe Span<T> Span => new((void*)_address, Capacity);

    /// <summary>The first elements as a tensor of that shape; the caller disposes it, the bytes stay here.</summary>
    public OrtValue CreateView(params long[] shape)
    {
        long elements = 1;
        foreach (var size in shape)
        {
            elements *= size;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(elements, Capacity);
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, ElementType, shape, _address, elements * Unsafe.SizeOf<T>());
    }

    public void Dispose() => _memory.Dispose();
}
