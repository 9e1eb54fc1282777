using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>
/// Runs batches padded to their longest pair, rounded up to the profile's step. A shape outside of the profile is an error
/// here and never reaches the session, which would rebuild its engine for minutes.
/// </summary>
internal sealed class PaddedLane : IStagingLane
{
    private static readonly string[] InputNames = ["input_ids", "attention_mask"];
    private static readonly string[] OutputNames = ["logits"];

    private readonly InferenceSession _session;
    private readonly ShapeProfile _profile;
    private readonly Func<OnnxRuntimeException, EngineException> _fault;
    private readonly bool _halfLogits;
    private readonly StagingMemory _memory;
    private readonly StagingBuffer<long> _ids;
    private readonly StagingBuffer<long> _mask;
    private readonly StagingBuffer<float>? _logits;
    private readonly StagingBuffer<Half>? _halves;
    private readonly RunOptions _run = new();
    private readonly OrtValue[] _inputValues = new OrtValue[2];
    private readonly OrtValue[] _outputValues = new OrtValue[1];
    private readonly DeviceThread? _thread;
    private readonly Action _runSession;
    private int _rows;

    public PaddedLane(
        InferenceSession session,
        int deviceOrdinal,
        ShapeProfile profile,
        TensorElementType logitType,
        Func<OnnxRuntimeException, EngineException> fault,
        DeviceThread? thread = null,
        StagingMemory? memory = null)
    {
        (_thread, _runSession) = (thread, RunSession);
        (_session, _profile, _fault, _halfLogits) = (session, profile, fault, logitType == TensorElementType.Float16);
        using var pass = CaptureGate.Work();
        _memory = memory ?? new StagingMemory(session, deviceOrdinal);
        try
        {
            var corner = checked(profile.MaxRows * profile.MaxLength);
            _ids = _memory.Take<long>(TensorElementType.Int64, corner);
            _mask = _memory.Take<long>(TensorElementType.Int64, corner);
            if (_halfLogits)
            {
                _halves = _memory.Take<Half>(logitType, profile.MaxRows);
            }
            else
            {
                _logits = _memory.Take<float>(logitType, profile.MaxRows);
            }
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

        Stage(pairs);
        RunStaged(logits);
    }

    public void Stage(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
    {
        Forget();
        var width = Width(pairs);
        PaddedInputs.Write(pairs, width, _ids.Span, _mask.Span);
        _rows = pairs.Length;
        try
        {
            _inputValues[0] = _ids.Tensor(_rows, width);
            _inputValues[1] = _mask.Tensor(_rows, width);
            _outputValues[0] = _halves?.Tensor(_rows, 1) ?? _logits!.Tensor(_rows, 1);
        }
        catch (OnnxRuntimeException e)
        {
            throw _fault(e);
        }
    }

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

        for (var i = 0; i < _rows; i++)
        {
            logits[i] = _halfLogits ? (float)_halves!.Span[i] : _logits!.Span[i];
        }
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

    private int Width(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
    {
        var longest = 0;
        foreach (var pair in pairs)
        {
            longest = Math.Max(longest, pair.Length);
        }

        var width = Math.Max(_profile.MinLength, ShapeProfile.Padded(longest));
        return _profile.Holds(pairs.Length, width)
            ? width
            : throw new EngineException(
                EngineFault.Batch, $"A batch of {pairs.Length} × {width} tokens is outside of the engine's profile {_profile}.");
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
