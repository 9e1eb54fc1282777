using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>
/// An operator for attention of pairs that lie one after another. Inputs on the device: FP16 [tokens, 3 · hidden], in each row all
/// heads' queries, then keys, then values; the pairs' boundaries [pairs + 1]; for rotary positions FP32 frequencies [half a head]. Output [tokens, hidden]; rows of no pair are left as they are.
/// </summary>
internal sealed class AttentionOperator(bool isFp8, bool isRotary, KernelRunner runner) : CustomOperator
{
    public override string Name => (isFp8, isRotary) switch
    {
        (false, false) => GraphOperators.PackedAttention,
        (true, false) => GraphOperators.PackedAttentionFp8,
        (false, true) => GraphOperators.PackedRotaryAttention,
        _ => GraphOperators.PackedRotaryAttentionFp8,
    };

    public override string? ExecutionProvider => ExecutionProviders.Cuda;

    public override IReadOnlyList<TensorElementType> Inputs { get; } =
        isRotary ? [TensorElementType.Float16, TensorElementType.Int32, TensorElementType.Float] : [TensorElementType.Float16, TensorElementType.Int32];

    public override IReadOnlyList<TensorElementType> Outputs { get; } = [isFp8 ? TensorElementType.UInt8 : TensorElementType.Float16];

    public override OperatorNode CreateNode(NodeAttributes attributes)
    {
        runner.NoteUse();
        return new AttentionNode(
            Name, runner, (int)attributes.ReadInteger(GraphOperators.Heads), isRotary ? AttentionShape.FindWindow(attributes.ReadInteger(GraphOperators.Window)) : null,
            isFp8 ? 1 / attributes.ReadFloat(GraphOperators.OutputScale) : null);
    }

    /// <summary>The sizes that the shapes of the inputs say.</summary>
    /// <exception cref="InvalidOperationException">They do not fit, or there is no kernel for that size of head.</exception>
    internal static AttentionSize ReadSize(string name, int heads, ReadOnlySpan<long> qkv, ReadOnlySpan<long> starts)
    {
        if (qkv is not [var tokens, var width] || starts is not [var boundaries] || boundaries < 1 || heads < 1 || width % (3 * heads) != 0)
        {
            throw new InvalidOperationException($"{name} takes a matrix of queries, keys and values of {heads} heads, and boundaries of pairs.");
        }

        var headSize = (int)(width / (3 * heads));
        return AttentionShape.HeadSizes.Contains(headSize)
            ? new AttentionSize((int)tokens, (int)boundaries - 1, heads, headSize)
            : throw new InvalidOperationException($"{name} has kernels for heads of {string.Join(" and ", AttentionShape.HeadSizes)}, not of {headSize}.");
    }

    /// <summary>Refuses frequencies that are not one for each column of a head's half.</summary>
    /// <exception cref="InvalidOperationException">There are more or fewer.</exception>
    internal static void CheckFrequencies(string name, int headSize, ReadOnlySpan<long> frequencies)
    {
        if (frequencies is not [var count] || count != headSize / 2)
        {
            throw new InvalidOperationException($"{name} takes {headSize / 2} frequencies for heads of {headSize}.");
        }
    }

    private sealed class AttentionNode(string name, KernelRunner runner, int heads, int? window, float? inverseScale) : OperatorNode
    {
        public override void Compute(KernelContext context)
        {
            var qkv = context.GetInput(0, out var shape);
            var starts = context.GetInput(1, out var boundaries);
            var size = ReadSize(name, heads, shape, boundaries);
            nint frequencies = 0;
            if (window is not null)
            {
                frequencies = context.GetInput(2, out var count);
                CheckFrequencies(name, size.HeadSize, count);
            }

            var result = context.CreateOutput(0, size.Tokens, size.Heads * size.HeadSize);
            if (size is { Tokens: > 0, Pairs: > 0 })
            {
                runner.LaunchAttention(this, new AttentionOperands(qkv, starts, frequencies, result), size, window ?? AttentionShape.WholePair, inverseScale, context.Stream);
            }
        }
    }
}
