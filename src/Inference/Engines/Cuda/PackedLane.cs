using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// Runs packed batches; small ones as captured runs where there are such. A batch makes five tensor views over the lane's
/// buffers and nothing else. Inputs go to the session unbound: a binding would copy each of them on its own and wait,
/// the session copies them on its stream.
/// </summary>
internal sealed class PackedLane : GpuLane
{
    private readonly StagingBuffer<int> _ids;
    private readonly StagingBuffer<int> _positions;
    private readonly StagingBuffer<int> _starts;
    private readonly StagingBuffer<float> _logits;
    private readonly PackedInputs _inputs;
    private readonly CapturedRuns? _captured;
    private StagingBuffer<int> _offsets;
    private int _pairs;

    public PackedLane(
        InferenceSession session,
        int deviceOrdinal,
        int maxPairs,
        int maxTokens,
        Func<OnnxRuntimeException, EngineException> translate,
        CapturedRuns? captured = null,
        DeviceThread? thread = null,
        StagingMemory? memory = null,
        PositionRows? rows = null)
        : base(session, GraphContract.Packed, deviceOrdinal, translate, thread, memory)
    {
        (_captured, _inputs) = (captured, new PackedInputs(rows));
        Options.AddRunConfigEntry(CudaGraphs.IdOfRun, CudaGraphs.None);
        using var pass = CaptureGate.EnterForWork();
        try
        {
            _ids = Memory.AllocateBuffer<int>(TensorElementType.Int32, maxTokens);
            _positions = Memory.AllocateBuffer<int>(TensorElementType.Int32, maxTokens);
            _starts = Memory.AllocateBuffer<int>(TensorElementType.Int32, maxPairs + 1);
            _logits = Memory.AllocateBuffer<float>(TensorElementType.Float, maxPairs);

            // Enough for lengths that differ by a factor of four; it grows when one long pair meets many short ones.
            _offsets = Memory.AllocateBuffer<int>(TensorElementType.Int32, checked(4 * maxTokens));
        }
        catch (OnnxRuntimeException e)
        {
            Dispose();
            throw translate(e);
        }
    }

    public override void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
    {
        if (_captured is null || pairs.IsEmpty || !_captured.TryRun(pairs, logits))
        {
            base.Run(pairs, logits);
        }
    }

    protected override void WriteInputs(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
    {
        var shape = PackedShape.FromPairs(pairs);
        if (shape.Pairs > _logits.Capacity || shape.Tokens > _ids.Capacity)
        {
            throw new EngineException(
                EngineFault.Batch,
                $"A batch of {shape.Pairs} pairs and {shape.Tokens} tokens is over the lane's {_logits.Capacity} pairs and {_ids.Capacity} tokens.");
        }

        if (shape.Cells > _offsets.Capacity)
        {
            using var pass = CaptureGate.EnterForWork();
            Memory.ReplaceBuffer(ref _offsets, shape.Cells);
        }

        PackedInputs.WriteIds(pairs, _ids.Span);
        PackedInputs.WriteSequenceStarts(pairs, _starts.Span);
        _inputs.WritePositions(pairs, _positions.Span);
        _inputs.WriteTokenOffsets(pairs, shape.Longest, _offsets.Span[..shape.Cells]);
        Inputs[0] = _ids.CreateView(shape.Tokens);
        Inputs[1] = _positions.CreateView(shape.Tokens);
        Inputs[2] = _offsets.CreateView(shape.Pairs, shape.Longest);
        Inputs[3] = _starts.CreateView(shape.Pairs + 1);
        Output = _logits.CreateView(shape.Pairs, 1);
        _pairs = shape.Pairs;
    }

    protected override void ReadLogits(Span<float> logits) => _logits.Span[.._pairs].CopyTo(logits);
}
