using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// An operator for <c>x · W</c> with what comes behind it. Inputs, FP16 on the device: x [rows, inner], W [inner, outer] and,
/// where the epilogue has one, a bias [outer]. Output: [rows, outer].
/// </summary>
internal sealed class ProductOperator(Epilogue epilogue, ProductRunner runner) : CustomOperator
{
    public override string Name => epilogue switch
    {
        Epilogue.None => GraphOperators.Product,
        Epilogue.Bias => GraphOperators.Linear,
        _ => GraphOperators.LinearGelu,
    };

    public override string? ExecutionProvider => ExecutionProviders.Cuda;

    public override IReadOnlyList<TensorElementType> Inputs { get; } = [.. Enumerable.Repeat(TensorElementType.Float16, epilogue == Epilogue.None ? 2 : 3)];

    public override IReadOnlyList<TensorElementType> Outputs { get; } = [TensorElementType.Float16];

    public override OperatorNode CreateNode(NodeAttributes attributes) => new ProductNode(this, epilogue, runner);

    private sealed class ProductNode(ProductOperator of, Epilogue epilogue, ProductRunner runner) : OperatorNode
    {
        public override void Compute(KernelContext context)
        {
            var x = context.GetInput(0, out var left);
            var weight = context.GetInput(1, out var right);
            if (left is not [var rows, var inner] || right is not [var same, var outer] || inner != same)
            {
                throw new InvalidOperationException($"{of.Name} takes two matrices that fit each other.");
            }

            nint bias = 0;
            if (epilogue != Epilogue.None)
            {
                bias = context.GetInput(2, out var columns);
                ProductShapes.CheckBias(of.Name, columns, outer);
            }

            var result = context.CreateOutput(0, rows, outer);
            if (rows > 0)
            {
                runner.LaunchProduct(new MatrixProduct(epilogue, (int)inner, (int)outer), (int)rows, new Operands(x, weight, bias, result), context.Stream);
            }
        }
    }
}
