using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>
/// An operator for the middle of a feed-forward, as <see cref="CpuGraphOperators.EvenGelu"/> and <see cref="CpuGraphOperators.EvenGatedGelu"/> say.
/// </summary>
internal sealed class ActivationOperator(bool hasGate) : CustomOperator
{
    public override string Name => hasGate ? CpuGraphOperators.EvenGatedGelu : CpuGraphOperators.EvenGelu;

    public override string? ExecutionProvider => null;

    public override IReadOnlyList<TensorElementType> Inputs { get; } = [TensorElementType.Float, TensorElementType.Float];

    public override IReadOnlyList<TensorElementType> Outputs { get; } = [TensorElementType.Float, TensorElementType.Float];

    public override OperatorNode CreateNode(NodeAttributes attributes) => new ActivationNode(Name, hasGate, attributes.ReadFloat(CpuGraphOperators.Floor));

    private sealed class ActivationNode(string name, bool hasGate, float floor) : OperatorNode
    {
        public override unsafe void Compute(KernelContext context)
        {
            var x = context.GetInput(0, out var shape);
            var factors = context.GetInput(1, out var factorShape);
            if (factorShape is not [var columns] || shape.IsEmpty || shape[^1] != (hasGate ? 2 * columns : columns) || columns == 0)
            {
                throw new InvalidOperationException($"{name} takes rows, and a factor for each column of its result.");
            }

            long[] even = [.. shape[..^1], columns], largest = [.. shape[..^1], 1];
            var rows = 1L;
            foreach (var size in shape[..^1])
            {
                rows *= size;
            }

            RowActivation.Activate(
                (float*)x, hasGate, (float*)factors, floor, (float*)context.CreateOutput(0, even), (float*)context.CreateOutput(1, largest), rows, (int)columns);
        }
    }
}
