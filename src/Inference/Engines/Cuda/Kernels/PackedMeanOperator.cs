using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>
/// An operator for the mean of each pair's rows. Inputs on the device: FP16 [rows, hidden], the pairs' boundaries [pairs + 1]. Output, FP32
/// [pairs, hidden]; zeros for a pair without rows.
/// </summary>
internal sealed class PackedMeanOperator(KernelRunner runner) : CustomOperator
{
    public override string Name => GraphOperators.PackedMean;

    public override string? ExecutionProvider => ExecutionProviders.Cuda;

    public override IReadOnlyList<TensorElementType> Inputs { get; } = [TensorElementType.Float16, TensorElementType.Int32];

    public override IReadOnlyList<TensorElementType> Outputs { get; } = [TensorElementType.Float];

    public override OperatorNode CreateNode(NodeAttributes attributes)
    {
        runner.NoteUse();
        return new PackedMeanNode(Name, runner);
    }

    /// <summary>Pairs and columns, as the shapes of the inputs say.</summary>
    /// <exception cref="InvalidOperationException">They are no matrix of a multiple of 8 columns and no boundaries.</exception>
    internal static (int Pairs, int Columns) ReadSize(string name, ReadOnlySpan<long> x, ReadOnlySpan<long> starts)
        => x is [_, var columns] && columns % NormalizeShape.Piece == 0 && starts is [var boundaries and > 0]
            ? ((int)boundaries - 1, (int)columns)
            : throw new InvalidOperationException($"{name} takes a matrix of a multiple of {NormalizeShape.Piece} columns, and boundaries of pairs.");

    private sealed class PackedMeanNode(string name, KernelRunner runner) : OperatorNode
    {
        public override void Compute(KernelContext context)
        {
            var x = context.GetInput(0, out var shape);
            var starts = context.GetInput(1, out var boundaries);
            var (pairs, columns) = ReadSize(name, shape, boundaries);
            var result = context.CreateOutput(0, pairs, columns);
            if (pairs > 0)
            {
                runner.LaunchMean(x, starts, result, pairs, columns, context.Stream);
            }
        }
    }
}
