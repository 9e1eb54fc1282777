using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>An operator from FP16 [rows, columns] to e4m3 over <c>output_scale</c>, on the device.</summary>
internal sealed class QuantizeOperator(KernelRunner runner) : CustomOperator
{
    public override string Name => GraphOperators.QuantizeFp8;

    public override string? ExecutionProvider => ExecutionProviders.Cuda;

    public override IReadOnlyList<TensorElementType> Inputs { get; } = [TensorElementType.Float16];

    public override IReadOnlyList<TensorElementType> Outputs { get; } = [TensorElementType.UInt8];

    public override OperatorNode CreateNode(NodeAttributes attributes)
    {
        runner.NoteUse();
        return new QuantizeNode(Name, runner, 1 / attributes.ReadFloat(GraphOperators.OutputScale));
    }

    private sealed class QuantizeNode(string name, KernelRunner runner, float inverseScale) : OperatorNode
    {
        public override void Compute(KernelContext context)
        {
            var x = context.GetInput(0, out var shape);
            if (shape is not [var rows, var columns] || columns % NormalizeShape.Piece != 0)
            {
                throw new InvalidOperationException($"{name} takes a matrix of a multiple of {NormalizeShape.Piece} columns.");
            }

            var result = context.CreateOutput(0, rows, columns);
            if (rows > 0)
            {
                runner.LaunchQuantize(x, result, rows * columns, inverseScale, context.Stream);
            }
        }
    }
}
