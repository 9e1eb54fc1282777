using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>
/// An operator for attention, as <see cref="CpuGraphOperators.Attention"/> and <see cref="CpuGraphOperators.RotaryAttention"/> say.
/// </summary>
internal sealed class RowAttentionOperator(bool isRotary) : CustomOperator
{
    private const int StandardInputs = 5;

    public override string Name => isRotary ? CpuGraphOperators.RotaryAttention : CpuGraphOperators.Attention;

    public override string? ExecutionProvider => null;

    public override IReadOnlyList<TensorElementType> Inputs { get; } =
        [.. Enumerable.Repeat(TensorElementType.Float, isRotary ? StandardInputs + 2 : StandardInputs)];

    public override IReadOnlyList<TensorElementType> Outputs { get; } = [TensorElementType.Float];

    public override OperatorNode CreateNode(NodeAttributes attributes) => new RowAttentionNode(Name, isRotary, attributes.ReadInteger(GraphOperators.Heads));

    /// <summary>Sizes, as the shapes of the inputs say.</summary>
    /// <exception cref="InvalidOperationException">They do not fit each other.</exception>
    internal static RowAttentionShape ReadShape(
        string name, long heads, ReadOnlySpan<long> query, ReadOnlySpan<long> key, ReadOnlySpan<long> value, ReadOnlySpan<long> bias, ReadOnlySpan<long> factors)
    {
        if (query is not [var batch, var queries, var hidden] || key is not [var pairs, var keys, var width] || pairs != batch || width != hidden
            || !value.SequenceEqual(key) || factors is not [var columns] || columns != hidden || heads < 1 || hidden % heads != 0)
        {
            throw new InvalidOperationException($"{name} takes queries, keys and values of so many heads, and a factor for each column.");
        }

        return bias is [var biases, 1, var rows, var places] && (biases == 1 || biases == batch) && (rows == 1 || rows == queries) && places == keys
            ? new RowAttentionShape((int)batch, (int)queries, (int)keys, (int)heads, (int)(hidden / heads))
            : throw new InvalidOperationException($"{name} takes a bias for each key, of all pairs or of each, and of all queries or of each.");
    }

    private sealed class RowAttentionNode(string name, bool isRotary, long heads) : OperatorNode
    {
        public override void Compute(KernelContext context)
        {
            var query = context.GetInput(0, out var queries);
            var key = context.GetInput(1, out var keys);
            var value = context.GetInput(2, out var values);
            var bias = context.GetInput(3, out var biases);
            var factors = context.GetInput(4, out var columns);
            var shape = ReadShape(name, heads, queries, keys, values, biases, columns);
            nint cosine = 0, sine = 0;
            if (isRotary)
            {
                cosine = context.GetInput(StandardInputs, out var cosines);
                sine = context.GetInput(StandardInputs + 1, out var sines);
                if (shape.HeadSize % 2 != 0 || cosines is not [var places, var half] || places < Math.Max(shape.Keys, shape.Queries) || half != shape.HeadSize / 2 || !sines.SequenceEqual(cosines))
                {
                    throw new InvalidOperationException($"{name} takes cosines and sines for each place and each column of a head's half.");
                }
            }

            var result = context.CreateOutput(0, queries);
            var (ofPair, ofQuery) = (biases[0] == 1 ? 0 : biases[2] * biases[3], biases[2] == 1 ? 0 : biases[3]);
            RowAttention.Run(shape, new RowAttentionOperands(query, key, value, bias, ofPair, ofQuery, cosine, sine, factors, result));
        }
    }
}
