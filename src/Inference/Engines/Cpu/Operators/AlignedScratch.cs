using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>
/// Memory of one thread that the operators of a run use one after another: it grows to what the longest pair needed and is given back with
/// the thread.
/// </summary>
internal sealed unsafe class AlignedScratch
{
    private const int LineBytes = 64;

    [ThreadStatic]
    private static AlignedScratch? _ofThread;

    private float* _values;
    private long _count;

    /// <summary>This thread's memory.</summary>
    public static AlignedScratch OfThread => _ofThread ??= new AlignedScratch();

    /// <summary>Room for so many numbers, at the begin of a cache line; what was there before may be gone.</summary>
    public float* Reserve(long count)
    {
        if (count > _count)
        {
            NativeMemory.AlignedFree(_values);
            _values = null;
            _count = 0;
            _values = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), LineBytes);
            _count = count;
        }

        return _values;
    }

    ~AlignedScratch() => NativeMemory.AlignedFree(_values);
}
