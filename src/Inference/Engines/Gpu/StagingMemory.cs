using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>
/// Makes the staging buffers of a lane, page-locked where the session's provider has such memory, else ordinary, and owns them.
/// </summary>
internal sealed class StagingMemory : IDisposable
{
    private readonly List<IDisposable> _buffers = [];
    private readonly Func<TensorElementType, int, OrtValue> _allocate;
    private readonly OrtMemoryInfo? _lockedPlace;
    private readonly OrtAllocator? _locked;

    public StagingMemory(InferenceSession session, int deviceOrdinal)
    {
        var place = new OrtMemoryInfo(
            OrtMemoryInfo.allocatorCUDA_PINNED, OrtAllocatorType.DeviceAllocator, deviceOrdinal, OrtMemType.CpuOutput);
        try
        {
            _locked = new OrtAllocator(session, place);
            _lockedPlace = place;
        }
        catch (OnnxRuntimeException)
        {
            // A provider without page-locked memory copies from any: a fraction of a millisecond a batch.
            place.Dispose();
        }

        _allocate = (type, capacity) => OrtValue.CreateAllocatedTensorValue(_locked ?? OrtAllocator.DefaultInstance, type, [capacity]);
    }

    /// <summary>Memory from elsewhere.</summary>
    internal StagingMemory(Func<TensorElementType, int, OrtValue> allocate) => _allocate = allocate;

    /// <summary>A buffer, which lives until this is disposed.</summary>
    /// <exception cref="OnnxRuntimeException">There is too little memory.</exception>
    public StagingBuffer<T> AllocateBuffer<T>(TensorElementType type, int capacity)
        where T : unmanaged
    {
        var buffer = new StagingBuffer<T>(_allocate(type, capacity), type, capacity);
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>Gives a buffer back for one of another capacity; where there is no memory for that, the old one stays as it is.</summary>
    /// <exception cref="OnnxRuntimeException">There is too little memory.</exception>
    public void ReplaceBuffer<T>(ref StagingBuffer<T> buffer, int capacity)
        where T : unmanaged
    {
        var old = buffer;
        buffer = AllocateBuffer<T>(old.ElementType, capacity);
        _buffers.Remove(old);
        old.Dispose();
    }

    public void Dispose()
    {
        _buffers.ForEach(b => b.Dispose());
        _buffers.Clear();
        _locked?.Dispose();
        _lockedPlace?.Dispose();
    }
}
