using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>Makes the staging buffers of a lane: page-locked where the session's provider has such memory, else ordinary.</summary>
internal sealed class StagingMemory : IDisposable
{
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
    }

    /// <summary>True when the buffers are page-locked.</summary>
    public bool IsPageLocked => _locked is not null;

    public StagingBuffer<T> Take<T>(TensorElementType type, int capacity)
        where T : unmanaged
        => new(_locked ?? OrtAllocator.DefaultInstance, OrtMemoryInfo.DefaultInstance, type, capacity);

    public void Dispose()
    {
        _locked?.Dispose();
        _lockedPlace?.Dispose();
    }
}
