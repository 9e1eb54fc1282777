using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>
/// An operator for layer normalization, as <see cref="CpuGraphOperators.Normalized"/> and <see cref="CpuGraphOperators.NormalizedSum"/> say.
/// </summary>
internal sealed class NormalizationOperator(bool isSum) : CustomOperator
{
    private readonly int _rows = isSum ? 2 : 1;

    public override string Name => isSum ? CpuGraphOperators.NormalizedSum : CpuGraphOperators.Normalized;

    public override string? ExecutionProvider => null;

    public override IReadOnlyList<TensorElementType> Inputs { get; } = [.. Enumerable.Repeat(TensorElementType.Float, isSum ? 5 : 4)];

    public override IReadOnlyList<TensorElementType> Outputs { get; } = [TensorElementType.Float, TensorElementType.Float];

    public override OperatorNode CreateNode(NodeAttributes attributes)
        => new NormalizationNode(Name, _rows, attributes.ReadFloat(GraphOperators.Epsilon));

    private sealed class NormalizationNode(string name, int rowInputs, float epsilon) : OperatorNode
    {
        public override unsafe void Compute(KernelContext context)
        {
            var x = context.GetInput(0, out var shape);
            var residual = rowInputs == 1 ? 0 : context.GetInput(1, out var other) is var rows && other.SequenceEqual(shape)
                ? rows
                : throw new InvalidOperationException($"{name} takes rows of one size.");
            var columns = shape.IsEmpty ? 0 : shape[^1];
            var weights = new NormalizationWeights(
                GetColumns(context, rowInputs, columns), GetColumns(context, rowInputs + 1, columns), GetColumns(context, rowInputs + 2, columns), epsilon);
            var result = context.CreateOutput(0, shape);
            var multiplied = context.CreateOutput(1, shape);
            var count = 1L;
            foreach (var size in shape[..^1])
            {
                count *= size;
            }

            RowNormalization.Normalize((float*)x, (float*)residual, weights, (float*)result, (float*)multiplied, count, (int)columns);
        }

        private nint GetColumns(KernelContext context, int input, long columns)
        {
            var values = context.GetInput(input, out var shape);
            return columns > 0 && shape is [var count] && count == columns ? values : throw new InvalidOperationException($"{name} takes gain, bias and factor for each column.");
        }
    }
}
