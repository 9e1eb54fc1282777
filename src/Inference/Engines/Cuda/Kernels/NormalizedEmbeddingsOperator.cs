using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>
/// An operator for LayerNorm of words' rows and positions' rows, which it reads in their tables. Inputs on the device: FP16 words [vocabulary,
/// hidden] and INT32 ids [tokens]; FP16 positions' table [positions, hidden] and INT32 positions [tokens]; FP16 gain and bias [hidden]. Output
/// [tokens, hidden] in FP16, and over <c>output_scale</c> in e4m3 where it has that.
/// </summary>
internal sealed class NormalizedEmbeddingsOperator(bool isFp8, KernelRunner runner) : CustomOperator
{
    public override string Name => isFp8 ? GraphOperators.NormalizedEmbeddingsFp8 : GraphOperators.NormalizedEmbeddings;

    public override string? ExecutionProvider => ExecutionProviders.Cuda;

    public override IReadOnlyList<TensorElementType> Inputs { get; } =
    [
        TensorElementType.Float16, TensorElementType.Int32, TensorElementType.Float16, TensorElementType.Int32, TensorElementType.Float16, TensorElementType.Float16,
    ];

    public override IReadOnlyList<TensorElementType> Outputs { get; } =
        isFp8 ? [TensorElementType.Float16, TensorElementType.UInt8] : [TensorElementType.Float16];

    public override OperatorNode CreateNode(NodeAttributes attributes)
    {
        runner.NoteUse();
        return new NormalizedEmbeddingsNode(
            Name, runner,
            new NormalizeForm(attributes.ReadFloat(GraphOperators.Epsilon), isFp8 ? 1 / attributes.ReadFloat(GraphOperators.OutputScale) : null, KeepsSum: false));
    }

    private sealed class NormalizedEmbeddingsNode(string name, KernelRunner runner, NormalizeForm form) : OperatorNode
    {
        public override void Compute(KernelContext context)
        {
            var words = context.GetInput(0, out var vocabulary);
            var ids = context.GetInput(1, out var tokens);
            var places = context.GetInput(2, out var positions);
            var at = context.GetInput(3, out var placed);
            var gain = context.GetInput(4, out var gains);
            var bias = context.GetInput(5, out var biases);
            if (tokens is not [var rows] || !placed.SequenceEqual(tokens) || vocabulary is not [> 0, var columns] || positions is not [> 0, _])
            {
                throw new InvalidOperationException($"{name} takes two tables, and a row of each for every token.");
            }

            // Of either table the columns must be those of the gain and the bias.
            NormalizedSumOperator.ReadSize(name, [rows, columns], [rows, positions[1]], gains, biases);
            var result = context.CreateOutput(0, rows, columns);
            var second = form.InverseScale is null ? 0 : context.CreateOutput(1, rows, columns);
            if (rows > 0)
            {
                runner.LaunchNormalizedSum(
                    new NormalizeOperands(words, places, gain, bias, result, second), (int)rows, (int)columns, form, context.Stream,
                    new EmbeddingLookup(ids, at, (int)vocabulary[0], (int)positions[0]));
            }
        }
    }
}
