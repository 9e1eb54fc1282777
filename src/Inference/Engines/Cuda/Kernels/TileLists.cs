using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>
/// The list of tiles of the runs on one stream. All layers of a run share it. A graph's nodes run in one order, so the node that
/// was the first of the first run is the first of every run: it has the list made anew.
/// </summary>
internal sealed class TileLists(OrtAllocator allocator) : IDisposable
{
    private const int SmallestCapacity = 4096;

    private OrtValue? _list;
    private object? _leader;
    private nint _starts;
    private int _pairs;

    /// <summary>Tiles that the list has room for.</summary>
    public int Capacity { get; private set; }

    /// <summary>Where it lies.</summary>
    public nint Address { get; private set; }

    /// <summary>True when the list must be made before this node runs, for those pairs.</summary>
    /// <param name="node">The node.</param>
    /// <param name="starts">Where on the device the pairs' boundaries lie.</param>
    /// <param name="pairs">How many pairs there are.</param>
    public bool MustList(object node, nint starts, int pairs)
    {
        _leader ??= node;
        if (_leader != node && starts == _starts && pairs == _pairs)
        {
            return false;
        }

        (_starts, _pairs) = (starts, pairs);
        return true;
    }

    /// <summary>Makes room. The first runs of an engine are the largest, so that a captured run finds it made.</summary>
    public void EnsureCapacity(int tiles)
    {
        if (tiles <= Capacity)
        {
            return;
        }

        Capacity = Math.Max(tiles, SmallestCapacity);
        _list?.Dispose();
        _list = OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.UInt8, [AttentionShape.CountListBytes(Capacity)]);
        Address = TensorAddress.FindAddress(_list);
    }

    public void Dispose() => _list?.Dispose();
}
