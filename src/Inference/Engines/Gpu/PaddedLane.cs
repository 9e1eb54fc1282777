using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>
/// Runs batches padded to their longest pair, rounded up to the profile's step. A shape outside of the profile is an error
/// here and never reaches the session, which would rebuild its engine for minutes.
/// </summary>
internal sealed class PaddedLane : GpuLane
{
    private readonly ShapeProfile _profile;
    private readonly StagingBuffer<long> _ids;
    private readonly StagingBuffer<long> _mask;
    private readonly StagingBuffer<float>? _logits;
    private readonly StagingBuffer<Half>? _halves;
    private int _rows;

    public PaddedLane(
        InferenceSession session,
        int deviceOrdinal,
        ShapeProfile profile,
        TensorElementType logitType,
        Func<OnnxRuntimeException, EngineException> translate,
        DeviceThread? thread = null,
        StagingMemory? memory = null)
        : base(session, GraphContract.Padded, deviceOrdinal, translate, thread, memory)
    {
        _profile = profile;
        using var pass = CaptureGate.EnterForWork();
        try
        {
            var corner = checked(profile.MaxRows * profile.MaxLength);
            _ids = Memory.AllocateBuffer<long>(TensorElementType.Int64, corner);
            _mask = Memory.AllocateBuffer<long>(TensorElementType.Int64, corner);
            if (logitType == TensorElementType.Float16)
            {
                _halves = Memory.AllocateBuffer<Half>(logitType, profile.MaxRows);
            }
            else
            {
                _logits = Memory.AllocateBuffer<float>(logitType, profile.MaxRows);
            }
        }
        catch (OnnxRuntimeException e)
        {
            Dispose();
            throw translate(e);
        }
    }

    protected override void WriteInputs(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
    {
        var width = FindWidth(pairs);
        PaddedInputs.WriteRows(pairs, width, _ids.Span, _mask.Span);
        _rows = pairs.Length;
        Inputs[0] = _ids.CreateView(_rows, width);
        Inputs[1] = _mask.CreateView(_rows, width);
        Output = _halves?.CreateView(_rows, 1) ?? _logits!.CreateView(_rows, 1);
    }

    protected override void ReadLogits(Span<float> logits)
    {
        for (var i = 0; i < _rows; i++)
        {
            logits[i] = _halves is null ? _logits!.Span[i] : (float)_halves.Span[i];
        }
    }

    private int FindWidth(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
    {
        var longest = 0;
        foreach (var pair in pairs)
        {
            longest = Math.Max(longest, pair.Length);
        }

        var width = Math.Max(_profile.MinLength, ShapeProfile.PadLength(longest));
        return _profile.Holds(pairs.Length, width)
            ? width
            : throw new EngineException(
                EngineFault.Batch, $"A batch of {pairs.Length} × {width} tokens is outside of the engine's profile {_profile}.");
    }
}
