using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// Small batches as CUDA graphs. A run of few tokens takes as long as it takes to launch its kernels one by one; a captured
/// run is launched as a whole. Each size has fixed places in device memory, which live as long as the session: ONNX Runtime
/// keeps a graph for every thread that ran it, and gives a thread's graphs to the next thread.
/// </summary>
internal sealed class CapturedRuns : IDisposable
{
    // Ids and positions. Boundaries come first, padded to a multiple of a cache line: one copy brings all of them.
    private const int Copies = 2;
    private const int LineCells = 32;

    private readonly InferenceSession _session;
    private readonly ICudaDriver _driver;
    private readonly int _ordinal;
    private readonly int _maxTokens;
    private readonly int _maxPairs;
    private readonly int _headerCells;
    private readonly int _longest;
    private readonly DeviceThread _thread;
    private readonly Action _runPrepared;
    private readonly Func<OnnxRuntimeException, EngineException> _translate;
    private readonly Stack<IDisposable> _owned = [];
    private readonly OrtMemoryInfo _place;
    private readonly StagingBuffer<int> _host;
    private readonly StagingBuffer<float> _hostLogits;
    private readonly OrtValue _inputs;
    private readonly OrtValue _offsets;
    private readonly OrtValue _logits;
    private readonly PackedInputs _builder;
    private readonly Dictionary<int, CapturedGraph> _graphs = [];

    // False: could not be captured, and is not tried again.
    private readonly Dictionary<int, bool> _isCaptured = [];

    // The run that was prepared, and whether it took place.
    private int _size;
    private bool _ran;

    /// <param name="session">Session that captures.</param>
    /// <param name="driver">Driver of its device.</param>
    /// <param name="ordinal">Its device.</param>
    /// <param name="maxTokens">The largest size, one of <see cref="CapturedSizes.ListSizes"/>.</param>
    /// <param name="maxPairTokens">Tokens of the longest pair that may come.</param>
    /// <param name="thread">The one thread that runs the session.</param>
    /// <param name="translate">What an error of the session means.</param>
    /// <param name="rows">Which rows of the position table tokens read; null for XLM-RoBERTa's.</param>
    /// <exception cref="EngineException">The device has no room for its places.</exception>
    public CapturedRuns(
        InferenceSession session,
        ICudaDriver driver,
        int ordinal,
        int maxTokens,
        int maxPairTokens,
        DeviceThread thread,
        Func<OnnxRuntimeException, EngineException> translate,
        PositionRows? rows = null)
    {
        _builder = new PackedInputs(rows);
        (_session, _driver, _ordinal, _maxTokens, _thread, _translate) = (session, driver, ordinal, maxTokens, thread, translate);
        _runPrepared = RunOrCapture;
        _maxPairs = CapturedSizes.CountPairs(maxTokens);
        _headerCells = (_maxPairs + LineCells) / LineCells * LineCells;
        using var pass = CaptureGate.EnterForWork();
        try
        {
            _place = TakeOwnership(new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, ordinal, OrtMemType.Default));
            var allocator = TakeOwnership(new OrtAllocator(session, _place));
            var memory = TakeOwnership(new StagingMemory(session, ordinal));
            _host = memory.AllocateBuffer<int>(TensorElementType.Int32, _headerCells + (Copies * maxTokens));
            _hostLogits = memory.AllocateBuffer<float>(TensorElementType.Float, _maxPairs);
            _inputs = TakeOwnership(OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Int32, [_host.Capacity]));
            _logits = TakeOwnership(OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Float, [_maxPairs, 1]));

            // Its shape tells the operator pairs and longest pair; attention over separate projections reads none of it. What no
            // pair can reach costs thread blocks that find nothing to do.
            _longest = Math.Min(maxTokens, maxPairTokens);
            _offsets = TakeOwnership(OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Int32, [_maxPairs, _longest]));
            _host.Span.Clear();
        }
        catch (OnnxRuntimeException e)
        {
            Dispose();
            throw translate(e);
        }
    }

    /// <summary>
    /// Runs a batch. One at a time: the caller has the device's turn. False when it was not run, because it is not one of the
    /// sizes, or another thread was on a GPU for so long that its size could not be captured.
    /// </summary>
    /// <exception cref="EngineException">The run failed.</exception>
    public bool TryRun(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
    {
        var shape = PackedShape.FromPairs(pairs);
        var size = CapturedSizes.RoundUp(shape.Tokens);
        var slots = CapturedSizes.CountPairs(size);
        if (shape.Tokens > _maxTokens || shape.Pairs > slots || shape.Longest > _longest)
        {
            return false;
        }

        _size = size;
        CapturedSizes.WriteSequenceStarts(pairs, slots, _host.Span);
        PackedInputs.WriteIds(pairs, _host.Span[_headerCells..]);
        _builder.WritePositions(pairs, _host.Span[(_headerCells + _size)..]);
        try
        {
            _thread.Run(_runPrepared, isShort: true);
        }
        catch (OnnxRuntimeException e)
        {
            throw _translate(e);
        }
        catch (InvalidOperationException e)
        {
            throw new EngineException(GpuFaults.IsLost(_driver, _ordinal) ? EngineFault.DeviceLost : EngineFault.Batch, e.Message, e);
        }

        if (_ran)
        {
            _hostLogits.Span[(slots - shape.Pairs)..slots].CopyTo(logits);
        }

        return _ran;
    }

    public void Dispose()
    {
        using var pass = CaptureGate.EnterForWork();
        foreach (var graph in _graphs.Values)
        {
            graph.Dispose();
        }

        // What was taken last goes first: values before their allocator, and that before the place it was made for.
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }

    private T TakeOwnership<T>(T value)
        where T : IDisposable
    {
        _owned.Push(value);
        return value;
    }

    private void RunOrCapture()
    {
        _ran = false;
        if (!_isCaptured.TryGetValue(_size, out var isCaptured))
        {
            _isCaptured[_size] = false;
            if (CaptureGate.TryEnterForCapture(out var alone))
            {
                using (alone)
                {
                    RunGraph();
                }

                _isCaptured[_size] = true;
            }
        }
        else if (isCaptured)
        {
            using (CaptureGate.EnterForWork())
            {
                RunGraph();
            }
        }
    }

    private void RunGraph()
    {
        if (!_graphs.TryGetValue(_size, out var graph))
        {
            _graphs[_size] = graph = CreateGraph(_size);
        }

        var inputs = MemoryMarshal.AsBytes(_host.Span[..(_headerCells + (Copies * _size))]);
        _driver.CopyToDevice(_ordinal, TensorAddress.FindAddress(_inputs), inputs);
        _session.RunWithBinding(graph.Options, graph.Binding);
        _driver.CopyFromDevice(_ordinal, TensorAddress.FindAddress(_logits), MemoryMarshal.AsBytes(_hostLogits.Span));
        _ran = true;
    }

    // The inputs lie one after another as in the host's copy of them, in the order of the packed form.
    private CapturedGraph CreateGraph(int size)
    {
        var start = TensorAddress.FindAddress(_inputs);
        var slots = CapturedSizes.CountPairs(size);
        OrtValue[] inputs =
        [
            CreateTensorView(TensorElementType.Int32, start + (_headerCells * sizeof(int)), size),
            CreateTensorView(TensorElementType.Int32, start + ((_headerCells + size) * sizeof(int)), size),
            CreateTensorView(TensorElementType.Int32, TensorAddress.FindAddress(_offsets), slots, Math.Min(size, _longest)),
            CreateTensorView(TensorElementType.Int32, start, slots + 1),
        ];
        return new CapturedGraph(_session, size, inputs, CreateTensorView(TensorElementType.Float, TensorAddress.FindAddress(_logits), slots, 1));
    }

    // Both types have four bytes.
    private OrtValue CreateTensorView(TensorElementType type, nint address, params long[] shape) => OrtValue.CreateTensorValueWithData(
        _place, type, shape, address, shape.Aggregate(1L, (product, n) => product * n) * sizeof(int));
}
