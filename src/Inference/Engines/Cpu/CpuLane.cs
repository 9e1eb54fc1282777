using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>
/// One pair after another through the shared session. Ids, mask and logit have their places in memory for the lane's life,
/// bound once a length, so a run allocates nothing here.
/// </summary>
internal sealed class CpuLane : IEngineLane
{
    // Attention scores grow with the square of the length, and the arena keeps what it once took. Runs above this length
    // (a few MB a head) give it back; shorter ones are too frequent to pay for that.
    private const int ArenaKeepsTokens = 1024;

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly RunOptions _runAndShrink = new();
    private readonly OrtMemoryInfo _memory;
    private readonly long[] _ids;
    private readonly long[] _mask;
    private readonly float[] _logit = GC.AllocateArray<float>(1, pinned: true);
    private readonly TensorElementType _logitType;
    private readonly OrtIoBinding?[] _bindings;

    public CpuLane(InferenceSession session, TensorElementType logitType, int maxPairTokens)
    {
        _session = session;
        _logitType = logitType;
        _memory = OrtMemoryInfo.DefaultInstance;
        _runAndShrink.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
        _ids = GC.AllocateArray<long>(maxPairTokens, pinned: true);
        _mask = GC.AllocateArray<long>(maxPairTokens, pinned: true);
        _mask.AsSpan().Fill(1);
        _bindings = new OrtIoBinding?[Math.Min(maxPairTokens, ArenaKeepsTokens) + 1];
    }

    public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
    {
        for (var i = 0; i < pairs.Length; i++)
        {
            logits[i] = Run(pairs[i].Span);
        }
    }

    public void Dispose()
    {
        foreach (var binding in _bindings)
        {
            binding?.Dispose();
        }

        _run.Dispose();
        _runAndShrink.Dispose();
    }

    private float Run(ReadOnlySpan<int> ids)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            _ids[i] = ids[i];
        }

        try
        {
            if (ids.Length < _bindings.Length)
            {
                _session.RunWithBinding(_run, _bindings[ids.Length] ??= CreateBinding(ids.Length));
            }
            else
            {
                using var binding = CreateBinding(ids.Length);
                _session.RunWithBinding(_runAndShrink, binding);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw OnnxFaults.TranslateFault(e);
        }

        return _logitType == TensorElementType.Float16
            ? (float)BitConverter.UInt16BitsToHalf((ushort)BitConverter.SingleToUInt32Bits(_logit[0]))
            : _logit[0];
    }

    private OrtIoBinding CreateBinding(int length)
    {
        var binding = _session.CreateIoBinding();
        BindArray(binding.BindInput, GraphTensors.InputIds, _ids, TensorElementType.Int64, [1, length], length * sizeof(long));
        BindArray(binding.BindInput, GraphTensors.AttentionMask, _mask, TensorElementType.Int64, [1, length], length * sizeof(long));
        BindArray(
            binding.BindOutput, GraphTensors.Logits, _logit, _logitType, [1, 1], _logitType == TensorElementType.Float16 ? sizeof(ushort) : sizeof(float));
        return binding;
    }

    // The binding keeps its own reference to the tensor; the bytes are ours, on the pinned heap, for as long as the lane lives.
    private unsafe void BindArray<T>(Action<string, OrtValue> bind, string name, T[] array, TensorElementType type, long[] shape, int bytes)
        where T : unmanaged
    {
        fixed (T* data = array)
        {
            using var value = OrtValue.CreateTensorValueWithData(_memory, type, shape, (nint)data, bytes);
            bind(name, value);
        }
    }
}
