using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// Runs packed batches. Inputs and logits live in page-locked buffers for the lane's life; a batch makes five tensor views
/// over them and nothing else. Inputs go to the session unbound: a binding would copy each of them on its own and wait,
/// the session copies them on its stream.
/// </summary>
internal sealed class PackedLane : IStagingLane
{
    private static readonly string[] InputNames = ["input_ids", "position_ids", "token_offset", "cu_seqlens"];
    private static readonly string[] OutputNames = ["logits"];

    private readonly InferenceSession _session;
    private readonly Func<OnnxRuntimeException, EngineException> _fault;
    private readonly StagingMemory _memory;
    private readonly StagingBuffer<int> _ids;
    private readonly StagingBuffer<int> _positions;
    private readonly StagingBuffer<int> _starts;
    private readonly StagingBuffer<float> _logits;
    private readonly PackedInputs _inputs = new();
    private readonly RunOptions _run = new();
    private readonly CapturedRuns? _captured;
    private readonly DeviceThread? _thread;
    private readonly Action _runSession;
    private readonly OrtValue[] _inputValues = new OrtValue[4];
    private readonly OrtValue[] _outputValues = new OrtValue[1];
    private StagingBuffer<int> _offsets;
    private PackedShape _staged;

    public PackedLane(
        InferenceSession session,
        int deviceOrdinal,
        int maxPairs,
        int maxTokens,
        Func<OnnxRuntimeException, EngineException> fault,
        CapturedRuns? captured = null,
        DeviceThread? thread = null,
        StagingMemory? memory = null)
    {
        (_session, _fault, _captured, _thread) = (session, fault, captured, thread);
        _runSession = RunSession;
        _run.AddRunConfigEntry(CudaGraphs.IdOfRun, CudaGraphs.None);
        using var pass = CaptureGate.Work();
        _memory = memory ?? new StagingMemory(session, deviceOrdinal);
        try
        {
            _ids = _memory.Take<int>(TensorElementType.Int32, maxTokens);
            _positions = _memory.Take<int>(TensorElementType.Int32, maxTokens);
            _starts = _memory.Take<int>(TensorElementType.Int32, maxPairs + 1);
            _logits = _memory.Take<float>(TensorElementType.Float, maxPairs);

            // Enough for lengths that differ by a factor of four; it grows when one long pair meets many short ones.
            _offsets = _memory.Take<int>(TensorElementType.Int32, checked(4 * maxTokens));
        }
        catch (OnnxRuntimeException e)
        {
            _memory.Dispose();
            _run.Dispose();
            throw fault(e);
        }
    }

    public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
    {
        if (pairs.IsEmpty)
        {
            return;
        }

        var shape = PackedShape.Of(pairs);
        if (_captured is not null && _captured.Takes(shape) && _captured.TryRun(pairs, shape, logits))
        {
            return;
        }

        Stage(pairs, shape);
        RunStaged(logits);
    }

    public void Stage(ReadOnlySpan<ReadOnlyMemory<int>> pairs) => Stage(pairs, PackedShape.Of(pairs));

    public void RunStaged(Span<float> logits)
    {
        try
        {
            if (_thread is null)
            {
                RunSession();
            }
            else
            {
                _thread.Run(_runSession);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw _fault(e);
        }
        finally
        {
            Forget();
        }

        _logits.Span[.._staged.Pairs].CopyTo(logits);
    }

    public void Dispose()
    {
        using var pass = CaptureGate.Work();
        Forget();
        _memory.Dispose();
        _run.Dispose();
    }

    private void RunSession()
    {
        using var pass = CaptureGate.Work();
        _session.Run(_run, InputNames, _inputValues, OutputNames, _outputValues);
    }

    private void Stage(ReadOnlySpan<ReadOnlyMemory<int>> pairs, PackedShape shape)
    {
        Forget();
        if (shape.Pairs > _logits.Capacity || shape.Tokens > _ids.Capacity)
        {
            throw new EngineException(
                EngineFault.Batch,
                $"A batch of {shape.Pairs} pairs and {shape.Tokens} tokens is over the lane's {_logits.Capacity} pairs and {_ids.Capacity} tokens.");
        }

        try
        {
            Write(pairs, shape);
        }
        catch (OnnxRuntimeException e)
        {
            throw _fault(e);
        }
    }

    private void Write(ReadOnlySpan<ReadOnlyMemory<int>> pairs, PackedShape shape)
    {
        if (shape.Cells > _offsets.Capacity)
        {
            using var pass = CaptureGate.Work();
            _memory.Replace(ref _offsets, shape.Cells);
        }

        PackedInputs.Ids(pairs, _ids.Span);
        PackedInputs.SequenceStarts(pairs, _starts.Span);
        _inputs.Positions(pairs, _positions.Span);
        _inputs.TokenOffsets(pairs, shape.Longest, _offsets.Span[..shape.Cells]);
        _inputValues[0] = _ids.Tensor(shape.Tokens);
        _inputValues[1] = _positions.Tensor(shape.Tokens);
        _inputValues[2] = _offsets.Tensor(shape.Pairs, shape.Longest);
        _inputValues[3] = _starts.Tensor(shape.Pairs + 1);
        _outputValues[0] = _logits.Tensor(shape.Pairs, 1);
        _staged = shape;
    }

    private void Forget()
    {
        Release(_inputValues);
        Release(_outputValues);
    }

    private static void Release(OrtValue[] values)
    {
        foreach (ref var value in values.AsSpan())
        {
            value?.Dispose();
            value = null!;
        }
    }
}
