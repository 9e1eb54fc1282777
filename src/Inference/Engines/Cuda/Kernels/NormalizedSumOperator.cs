using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>
/// An operator for LayerNorm of a sum. Inputs, FP16 on the device: x and residual [rows, hidden], gain and bias [hidden]. Output
/// [rows, hidden] in FP16, and over <c>output_scale</c> in e4m3 where it has that; where it keeps the sum, that in FP16, and the normalized one
/// behind it.
/// </summary>
internal sealed class NormalizedSumOperator(bool isFp8, bool keepsSum, KernelRunner runner) : CustomOperator
{
    public override string Name => (isFp8, keepsSum) switch
    {
        (false, false) => GraphOperators.NormalizedSum,
        (true, false) => GraphOperators.NormalizedSumFp8,
        (false, true) => GraphOperators.KeptSum,
        _ => GraphOperators.KeptSumFp8,
    };

    public override string? ExecutionProvider => ExecutionProviders.Cuda;

    public override IReadOnlyList<TensorElementType> Inputs { get; } = [.. Enumerable.Repeat(TensorElementType.Float16, 4)];

    public override IReadOnlyList<TensorElementType> Outputs { get; } =
        isFp8 ? [TensorElementType.Float16, TensorElementType.UInt8]
        : keepsSum ? [TensorElementType.Float16, TensorElementType.Float16]
        : [TensorElementType.Float16];

    public override OperatorNode CreateNode(NodeAttributes attributes)
    {
        runner.NoteUse();
        return new NormalizedSumNode(
            Name, runner,
            new NormalizeForm(attributes.ReadFloat(GraphOperators.Epsilon), isFp8 ? 1 / attributes.ReadFloat(GraphOperators.OutputScale) : null, keepsSum));
    }

    /// <summary>Rows and columns, as the shapes of the inputs say.</summary>
    /// <exception cref="InvalidOperationException">They do not fit each other, or are no multiples of 8.</exception>
    internal static (int Rows, int Columns) ReadSize(
        string name, ReadOnlySpan<long> x, ReadOnlySpan<long> residual, ReadOnlySpan<long> gain, ReadOnlySpan<long> bias)
    {
        if (x is not [var rows, var columns] || !residual.SequenceEqual(x) || gain is not [var gains] || bias is not [var biases] || gains != columns || biases != columns)
        {
            throw new InvalidOperationException($"{name} takes two matrices of one size, and a gain and a bias for each column.");
        }

        return columns % NormalizeShape.Piece == 0
            ? ((int)rows, (int)columns)
            : throw new InvalidOperationException($"{name} takes a multiple of {NormalizeShape.Piece} columns, not {columns}.");
    }

    private sealed class NormalizedSumNode(string name, KernelRunner runner, NormalizeForm form) : OperatorNode
    {
        public override void Compute(KernelContext context)
        {
            var x = context.GetInput(0, out var left);
            var residual = context.GetInput(1, out var right);
            var gain = context.GetInput(2, out var gains);
            var bias = context.GetInput(3, out var biases);
            var (rows, columns) = ReadSize(name, left, right, gains, biases);
            var result = context.CreateOutput(0, rows, columns);
            var second = form is { InverseScale: null, KeepsSum: false } ? 0 : context.CreateOutput(1, rows, columns);
            if (rows > 0)
            {
                runner.LaunchNormalizedSum(new NormalizeOperands(x, residual, gain, bias, result, second), rows, columns, form, context.Stream);
            }
        }
    }
}
