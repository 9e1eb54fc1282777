using System.Globalization;
using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>Times what is put on a stream of the device whose context is current: that of the session that calls.</summary>
internal sealed unsafe class StreamClock : IDisposable
{
    private readonly delegate* unmanaged<nint, nint, int> _record;
    private readonly delegate* unmanaged<nint, int> _synchronize;
    private readonly delegate* unmanaged<float*, nint, nint, int> _elapsed;
    private readonly delegate* unmanaged<nint, int> _destroy;
    private readonly nint _begin;
    private readonly nint _end;

    public StreamClock()
    {
        var library = NativeLibrary.Load("libcuda.so.1");
        var create = (delegate* unmanaged<nint*, uint, int>)NativeLibrary.GetExport(library, "cuEventCreate");
        _record = (delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "cuEventRecord");
        _synchronize = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cuEventSynchronize");
        _elapsed = (delegate* unmanaged<float*, nint, nint, int>)NativeLibrary.GetExport(library, "cuEventElapsedTime");
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cuEventDestroy_v2");
        nint begin = 0, end = 0;
        Require(create(&begin, 0));
        Require(create(&end, 0));
        (_begin, _end) = (begin, end);
    }

    /// <summary>Milliseconds that the stream takes for what the action puts on it.</summary>
    public float Measure(nint stream, Action work)
    {
        var milliseconds = 0f;
        Require(_record(_begin, stream));
        work();
        Require(_record(_end, stream));
        Require(_synchronize(_end));
        Require(_elapsed(&milliseconds, _begin, _end));
        return milliseconds;
    }

    public void Dispose()
    {
        _destroy(_begin);
        _destroy(_end);
    }

    private static void Require(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The CUDA driver answers with error {result}."));
        }
    }
}
