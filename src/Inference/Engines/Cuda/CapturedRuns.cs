using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// Small batches as CUDA graphs. A run of few tokens takes as long as it takes to launch its kernels one by one; a captured
/// run is launched as a whole. Each size has fixed places in device memory, which live as long as the session: ONNX Runtime
/// keeps a graph for every thread that ran it, and gives a thread's graphs to the next thread.
/// </summary>
internal sealed class CapturedRuns : IDisposable
{
    // Boundaries first, padded to a cache line's multiple, then ids, then positions: one copy brings all of them.
    private const int HeaderCells = 64;
    private const int Copies = 2;

    private static readonly string[] InputNames = ["input_ids", "position_ids", "token_offset", "cu_seqlens"];

    private readonly InferenceSession _session;
    private readonly ICudaDriver _driver;
    private readonly int _ordinal;
    private readonly int _most;
    private readonly int _longest;
    private readonly DeviceThread _thread;
    private readonly Action _runPrepared;
    private readonly Func<OnnxRuntimeException, EngineException> _fault;
    private readonly Stack<IDisposable> _owned = [];
    private readonly OrtMemoryInfo _place;
    private readonly StagingBuffer<int> _host;
    private readonly StagingBuffer<float> _hostLogits;
    private readonly OrtValue _inputs;
    private readonly OrtValue _offsets;
    private readonly OrtValue _logits;
    private readonly PackedInputs _builder = new();
    private readonly Dictionary<int, Capture> _captures = [];

    // False: could not be captured, and is not tried again.
    private readonly Dictionary<int, bool> _isCaptured = [];

    // The run that was prepared, and whether it took place.
    private int _size;
    private bool _ran;

    /// <param name="session">Session that captures.</param>
    /// <param name="driver">Driver of its device.</param>
    /// <param name="ordinal">Its device.</param>
    /// <param name="mostTokens">The largest size, one of <see cref="CapturedSizes.All"/>.</param>
    /// <param name="mostPairTokens">Tokens of the longest pair that may come.</param>
    /// <param name="thread">The one thread that runs the session.</param>
    /// <param name="fault">What an error of the session means.</param>
    /// <exception cref="EngineException">The device has no room for its places.</exception>
    public CapturedRuns(
        InferenceSession session,
        ICudaDriver driver,
        int ordinal,
        int mostTokens,
        int mostPairTokens,
        DeviceThread thread,
        Func<OnnxRuntimeException, EngineException> fault)
    {
        (_session, _driver, _ordinal, _most, _thread, _fault) = (session, driver, ordinal, mostTokens, thread, fault);
        _runPrepared = RunPrepared;
        using var pass = CaptureGate.Work();
        try
        {
            _place = Own(new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, ordinal, OrtMemType.Default));
            var allocator = Own(new OrtAllocator(session, _place));
            var memory = Own(new StagingMemory(session, ordinal));
            _host = memory.Take<int>(TensorElementType.Int32, HeaderCells + (Copies * mostTokens));
            _hostLogits = memory.Take<float>(TensorElementType.Float, CapturedSizes.Pairs);
            _inputs = Own(OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Int32, [_host.Capacity]));
            _logits = Own(OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Float, [CapturedSizes.Pairs, 1]));

            // Its shape tells the operator pairs and longest pair; attention over separate projections reads none of it. What no
            // pair can reach costs thread blocks that find nothing to do.
            _longest = Math.Min(mostTokens, mostPairTokens);
            _offsets = Own(OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Int32, [CapturedSizes.Pairs, _longest]));
            _host.Span.Clear();
        }
        catch (OnnxRuntimeException e)
        {
            Dispose();
            throw fault(e);
        }
    }

    /// <summary>True when a batch of that shape is run captured.</summary>
    public bool Takes(PackedShape shape) => shape.Tokens <= _most && shape.Pairs <= CapturedSizes.Pairs && shape.Longest <= _longest;

    /// <summary>
    /// Runs a batch. One at a time: the caller has the device's turn. False when it was not run, because another thread was
    /// on a GPU for so long that this size could not be captured.
    /// </summary>
    public bool TryRun(ReadOnlySpan<ReadOnlyMemory<int>> pairs, PackedShape shape, Span<float> logits)
    {
        _size = CapturedSizes.Of(shape.Tokens);
        CapturedSizes.SequenceStarts(pairs, _host.Span);
        PackedInputs.Ids(pairs, _host.Span[HeaderCells..]);
        _builder.Positions(pairs, _host.Span[(HeaderCells + _size)..]);
        try
        {
            _thread.Run(_runPrepared, isShort: true);
        }
        catch (OnnxRuntimeException e)
        {
            throw _fault(e);
        }
        catch (InvalidOperationException e)
        {
            throw new EngineException(GpuFaults.IsLost(_driver, _ordinal) ? EngineFault.DeviceLost : EngineFault.Batch, e.Message, e);
        }

        if (_ran)
        {
            _hostLogits.Span[(CapturedSizes.Pairs - shape.Pairs)..].CopyTo(logits);
        }

        return _ran;
    }

    public void Dispose()
    {
        using var pass = CaptureGate.Work();
        foreach (var capture in _captures.Values)
        {
            capture.Dispose();
        }

        // What was taken last goes first: values before their allocator, and that before the place it was made for.
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }

    private T Own<T>(T value)
        where T : IDisposable
    {
        _owned.Push(value);
        return value;
    }

    private void RunPrepared()
    {
        _ran = false;
        if (!_isCaptured.TryGetValue(_size, out var isCaptured))
        {
            _isCaptured[_size] = false;
            if (CaptureGate.TryCapture(out var alone))
            {
                using (alone)
                {
                    Run();
                }

                _isCaptured[_size] = true;
            }
        }
        else if (isCaptured)
        {
            using (CaptureGate.Work())
            {
                Run();
            }
        }
    }

    private void Run()
    {
        var capture = For(_size);
        var inputs = MemoryMarshal.AsBytes(_host.Span[..(HeaderCells + (Copies * _size))]);
        _driver.CopyToDevice(_ordinal, TensorAddress.Of(_inputs), inputs);
        _session.RunWithBinding(capture.Options, capture.Binding);
        _driver.CopyFromDevice(_ordinal, TensorAddress.Of(_logits), MemoryMarshal.AsBytes(_hostLogits.Span));
        _ran = true;
    }

    private Capture For(int size)
    {
        if (!_captures.TryGetValue(size, out var capture))
        {
            _captures[size] = capture = new Capture(this, size);
        }

        return capture;
    }

    private sealed class Capture : IDisposable
    {
        private readonly OrtValue[] _values;

        public Capture(CapturedRuns runs, int size)
        {
            var start = TensorAddress.Of(runs._inputs);
            _values =
            [
                Part(runs, start + (HeaderCells * sizeof(int)), size),
                Part(runs, start + ((HeaderCells + size) * sizeof(int)), size),
                Part(runs, TensorAddress.Of(runs._offsets), CapturedSizes.Pairs, Math.Min(size, runs._longest)),
                Part(runs, start, CapturedSizes.Pairs + 1),
            ];
            Binding = runs._session.CreateIoBinding();
            for (var i = 0; i < InputNames.Length; i++)
            {
                Binding.BindInput(InputNames[i], _values[i]);
            }

            Binding.BindOutput("logits", runs._logits);
            Options = new RunOptions();
            Options.AddRunConfigEntry(CudaGraphs.IdOfRun, size.ToString(CultureInfo.InvariantCulture));
        }

        public OrtIoBinding Binding { get; }

        public RunOptions Options { get; }

        public void Dispose()
        {
            Binding.Dispose();
            Options.Dispose();
            foreach (var value in _values)
            {
                value.Dispose();
            }
        }

        private static OrtValue Part(CapturedRuns runs, nint address, params long[] shape) => OrtValue.CreateTensorValueWithData(
            runs._place, TensorElementType.Int32, shape, address, shape.Aggregate(1L, (product, n) => product * n) * sizeof(int));
    }
}
