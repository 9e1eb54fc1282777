using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>
/// An operator for the middle of a gated feed-forward. Input, FP16 on the device: [rows, 2 · columns]. Output [rows, columns]: GELU of the left
/// half times the right half, in FP16 or over <c>output_scale</c> in e4m3.
/// </summary>
internal sealed class GatedGeluOperator(bool isFp8, KernelRunner runner) : CustomOperator
{
    public override string Name => isFp8 ? GraphOperators.GatedGeluFp8 : GraphOperators.GatedGelu;

    public override string? ExecutionProvider => ExecutionProviders.Cuda;

    public override IReadOnlyList<TensorElementType> Inputs { get; } = [TensorElementType.Float16];

    public override IReadOnlyList<TensorElementType> Outputs { get; } = [isFp8 ? TensorElementType.UInt8 : TensorElementType.Float16];

    public override OperatorNode CreateNode(NodeAttributes attributes)
    {
        runner.NoteUse();
        return new GatedGeluNode(Name, runner, isFp8 ? 1 / attributes.ReadFloat(GraphOperators.OutputScale) : null);
    }

    /// <summary>Columns of a half, as the shape of the input says.</summary>
    /// <exception cref="InvalidOperationException">It has no halves that a kernel takes.</exception>
    internal static int ReadColumns(string name, ReadOnlySpan<long> x) => x is [_, var wide] && wide % (2 * NormalizeShape.Piece) == 0
        ? (int)wide / 2
        : throw new InvalidOperationException($"{name} takes a matrix of two halves of a multiple of {NormalizeShape.Piece} columns.");

    private sealed class GatedGeluNode(string name, KernelRunner runner, float? inverseScale) : OperatorNode
    {
        public override void Compute(KernelContext context)
        {
            var x = context.GetInput(0, out var shape);
            var (rows, columns) = (shape[0], ReadColumns(name, shape));
            var result = context.CreateOutput(0, rows, columns);
            if (rows > 0)
            {
                runner.LaunchGatedGelu(x, result, rows, columns, inverseScale, context.Stream);
            }
        }
    }
}
