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
    /// <summary>
    /// Tiles that the list has room for: more than the options allow tokens and pairs for. A captured run knows the place, so that it
    /// may never move.
    /// </summary>
    public const int Capacity = 24_576;

    private readonly OrtValue _list = OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.UInt8, [AttentionShape.CountListBytes(Capacity)]);
    private object? _leader;
    private nint _starts;
    private int _pairs;
    private int _rows;

    /// <summary>Where it lies.</summary>
    public nint Address => TensorAddress.FindAddress(_list);

    /// <summary>True when the list must be made before this node runs, for those pairs.</summary>
    /// <param name="node">The node.</param>
    /// <param name="starts">Where on the device the pairs' boundaries lie.</param>
    /// <param name="pairs">How many pairs there are.</param>
    /// <param name="rows">Rows of a tile.</param>
    public bool MustList(object node, nint starts, int pairs, int rows)
    {
        _leader ??= node;
        if (_leader != node && starts == _starts && pairs == _pairs && rows == _rows)
        {
            return false;
        }

        (_starts, _pairs, _rows) = (starts, pairs, rows);
        return true;
    }

    public void Dispose() => _list.Dispose();
}
