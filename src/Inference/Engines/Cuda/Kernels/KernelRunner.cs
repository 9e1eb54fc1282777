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
        .. from isFp8 in (bool[])[false, true] from isRotary in (bool[])[false, true] select new AttentionOperator(isFp8, isRotary, this),
        .. from isFp8 in (bool[])[false, true] from keepsSum in (bool[])[false, true] select new NormalizedSumOperator(isFp8, keepsSum, this),
        .. from isFp8 in (bool[])[false, true] select new NormalizedEmbeddingsOperator(isFp8, this),
        new GatedGeluOperator(isFp8: false, this),
        new GatedGeluOperator(isFp8: true, this),
        new PackedMeanOperator(this),
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
    /// <param name="window">How far a token of a model with rotary positions sees to either side.</param>
    /// <param name="inverseScale">What an e4m3 result is multiplied with; null for an FP16 one.</param>
    /// <param name="stream">The run's stream.</param>
    public void LaunchAttention(object node, AttentionOperands operands, AttentionSize shape, int window, float? inverseScale, nint stream)
    {
        var module = LoadModule();
        var tile = AttentionTile.FromKernel(module.IsHopper, shape.HeadSize, isRotary: operands.Frequencies != 0);
        var tiles = AttentionShape.CountMaxTiles(shape.Tokens, shape.Pairs, tile.Rows);
        var list = _lists.TryGetValue(stream, out var known) ? known : _lists.GetOrAdd(stream, _ => new TileLists(_allocator!));
        if (tiles > TileLists.Capacity)
        {
            throw new InvalidOperationException($"A batch of {shape.Tokens} tokens in {shape.Pairs} pairs is too large for attention.");
        }

        if (list.MustList(node, operands.Starts, shape.Pairs, tile.Rows))
        {
            module[KernelNames.ListTiles].Launch(
                1, AttentionShape.ListThreads, stream, operands.Starts, shape.Pairs, tile.Rows, list.Address, TileLists.Capacity);
        }

        // Kernels without rotary positions read the first six.
        module[KernelNames.NameAttention(shape.HeadSize, inverseScale is not null, operands.Frequencies != 0)].Launch(
            checked(tiles * shape.Heads), tile.Threads, stream,
            operands.Qkv, list.Address, operands.Result, shape.Heads, AttentionShape.FindExponent(shape.HeadSize), inverseScale ?? 1, operands.Frequencies, window);
    }

    /// <summary>LayerNorm of a sum of rows, or of rows of two tables, with a second result where there is a place for that.</summary>
    public void LaunchNormalizedSum(NormalizeOperands operands, int rows, int columns, NormalizeForm form, nint stream, EmbeddingLookup lookup = default)
    {
        var module = LoadModule();
        var (blocks, threads) = NormalizeShape.FindGrid(rows, columns, module.Processors);
        module[KernelNames.NameNormalize(columns, form.InverseScale is not null, form.KeepsSum)].Launch(
            blocks, threads, stream,
            operands.X, operands.Residual, operands.Gain, operands.Bias, operands.Result, operands.Second, rows, columns, form.Epsilon, form.InverseScale ?? 1,
            lookup.Ids, lookup.Positions, lookup.Words, lookup.Places);
    }

    /// <summary>GELU of the left half of rows times their right half; so many columns are a half.</summary>
    public void LaunchGatedGelu(nint x, nint result, long rows, int columns, float? inverseScale, nint stream)
    {
        const int Threads = 256;
        var pieces = checked((int)(rows * columns / NormalizeShape.Piece));
        LoadModule()[KernelNames.NameGate(inverseScale is not null)].Launch(
            (pieces + Threads - 1) / Threads, Threads, stream, x, result, pieces, columns, inverseScale ?? 1);
    }

    /// <summary>Means of the rows of each pair, in FP32.</summary>
    public void LaunchMean(nint x, nint starts, nint result, int pairs, int columns, nint stream)
    {
        const int Threads = 256;
        var slices = (columns + Threads - 1) / Threads;
        LoadModule()[KernelNames.Mean].Launch(checked(pairs * slices), Threads, stream, x, starts, result, columns);
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
