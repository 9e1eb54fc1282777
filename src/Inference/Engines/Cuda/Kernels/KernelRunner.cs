using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Onnx.Operators;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>The engine's own kernels for the operators of one session. Dispose it while its session lives.</summary>
internal sealed class KernelRunner : IDisposable
{
    private readonly ConcurrentDictionary<nint, TileLists> _lists = [];
    private OrtMemoryInfo? _place;
    private OrtAllocator? _allocator;
    private KernelModule? _module;
    private int _ordinal;

    /// <summary>True when the session's graph has nodes that need the kernels.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>The operators that run kernels.</summary>
    public IEnumerable<CustomOperator> CreateOperators() =>
    [
        new AttentionOperator(isFp8: false, this),
        new AttentionOperator(isFp8: true, this),
        new NormalizedSumOperator(isFp8: false, this),
        new NormalizedSumOperator(isFp8: true, this),
        new QuantizeOperator(this),
    ];

    /// <summary>Takes memory from that session from now on.</summary>
    public void AttachSession(InferenceSession session, int ordinal)
    {
        _ordinal = ordinal;
        _place = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, ordinal, OrtMemType.Default);
        _allocator = new OrtAllocator(session, _place);
    }

    /// <summary>Says that a graph has a node that needs the kernels.</summary>
    public void NoteUse() => IsUsed = true;

    /// <summary>Attention of the pairs that lie one after another.</summary>
    /// <param name="node">The node that asks.</param>
    /// <param name="operands">Where everything lies.</param>
    /// <param name="shape">How large it is.</param>
    /// <param name="inverseScale">What an e4m3 result is multiplied with; null for an FP16 one.</param>
    /// <param name="stream">The run's stream.</param>
    public void LaunchAttention(object node, AttentionOperands operands, AttentionSize shape, float? inverseScale, nint stream)
    {
        var module = LoadModule();
        var tiles = AttentionShape.CountMaxTiles(shape.Tokens, shape.Pairs);
        var list = _lists.TryGetValue(stream, out var known) ? known : _lists.GetOrAdd(stream, _ => new TileLists(_allocator!));
        if (tiles > TileLists.Capacity)
        {
            throw new InvalidOperationException($"A batch of {shape.Tokens} tokens in {shape.Pairs} pairs is too large for attention.");
        }

        if (list.MustList(node, operands.Starts, shape.Pairs))
        {
            module[KernelNames.ListTiles].Launch(
                1, AttentionShape.ListThreads, stream, operands.Starts, shape.Pairs, AttentionShape.Rows, list.Address, TileLists.Capacity);
        }

        module[KernelNames.NameAttention(shape.HeadSize, inverseScale is not null)].Launch(
            checked(tiles * shape.Heads), AttentionShape.Threads, stream,
            operands.Qkv, list.Address, operands.Result, shape.Heads, AttentionShape.FindExponent(shape.HeadSize), inverseScale ?? 1);
    }

    /// <summary>LayerNorm of a sum of rows; in e4m3 too where there is a place for that.</summary>
    public void LaunchNormalizedSum(NormalizeOperands operands, int rows, int columns, float epsilon, float? inverseScale, nint stream)
    {
        var module = LoadModule();
        var (blocks, threads) = NormalizeShape.FindGrid(rows, columns, module.Processors);
        module[KernelNames.NameNormalize(columns, inverseScale is not null)].Launch(
            blocks, threads, stream,
            operands.X, operands.Residual, operands.Gain, operands.Bias, operands.Result, operands.Eights, rows, columns, epsilon, inverseScale ?? 1);
    }

    /// <summary>FP16 to e4m3.</summary>
    public void LaunchQuantize(nint x, nint result, long count, float inverseScale, nint stream)
    {
        const int Threads = 256;
        const int BlockCount = Threads * NormalizeShape.Piece;
        LoadModule()[KernelNames.Quantize].Launch(checked((int)((count + BlockCount - 1) / BlockCount)), Threads, stream, x, result, count, inverseScale);
    }

    public void Dispose()
    {
        foreach (var list in _lists.Values)
        {
            list.Dispose();
        }

        _lists.Clear();
        _allocator?.Dispose();
        _place?.Dispose();
    }

    private KernelModule LoadModule() => _module ??= KernelModule.LoadOnce(_ordinal);
}
