namespace Reranker.Inference.Engines.Gpu.Driver;

/// <summary>Times what is put on a stream of the device whose context is current: that of the session that calls.</summary>
internal sealed unsafe class StreamClock : IDisposable
{
    private readonly nint _begin;
    private readonly nint _end;

    /// <exception cref="DllNotFoundException">There is no driver.</exception>
    /// <exception cref="InvalidOperationException">The driver refuses.</exception>
    public StreamClock()
    {
        NativeEntryPoints.ResolveNativeFunctions(typeof(CudaEntryPoints));
        nint begin = 0, end = 0;
        CudaErrors.ThrowIfFailed(CudaEntryPoints.CreateEvent(&begin, 0));
        CudaErrors.ThrowIfFailed(CudaEntryPoints.CreateEvent(&end, 0));
        (_begin, _end) = (begin, end);
    }

    /// <summary>Milliseconds that the stream takes for what the action puts on it.</summary>
    public float Measure(nint stream, Action work)
    {
        var milliseconds = 0f;
        CudaErrors.ThrowIfFailed(CudaEntryPoints.RecordEvent(_begin, stream));
        work();
        CudaErrors.ThrowIfFailed(CudaEntryPoints.RecordEvent(_end, stream));
        CudaErrors.ThrowIfFailed(CudaEntryPoints.SynchronizeEvent(_end));
        CudaErrors.ThrowIfFailed(CudaEntryPoints.GetElapsedTime(&milliseconds, _begin, _end));
        return milliseconds;
    }

    public void Dispose()
    {
        _ = CudaEntryPoints.DestroyEvent(_begin);
        _ = CudaEntryPoints.DestroyEvent(_end);
    }
}
