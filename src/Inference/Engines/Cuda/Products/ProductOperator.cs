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
    private const int HalfType = 10;

    public override string Name => epilogue switch
    {
        Epilogue.None => GraphOperators.Product,
        Epilogue.Bias => GraphOperators.Linear,
        _ => GraphOperators.LinearGelu,
    };

    public override string? ExecutionProvider => ExecutionProviders.Cuda;

    public override int Inputs => epilogue == Epilogue.None ? 2 : 3;

    public override int ElementType => HalfType;

    public override void Compute(KernelContext context)
    {
        var x = context.GetInput(0, out var left);
        var weight = context.GetInput(1, out var right);
        if (left is not [var rows, var inner] || right is not [var same, var outer] || inner != same)
        {
            throw new InvalidOperationException($"{Name} takes two matrices that fit each other.");
        }

        nint bias = 0;
        if (epilogue != Epilogue.None)
        {
            bias = context.GetInput(2, out var columns);
            if (columns is not [var count] || count != outer)
            {
                throw new InvalidOperationException($"{Name} takes a bias for each of {outer} columns.");
            }
        }

        var result = context.CreateOutput(rows, outer);
        if (rows > 0)
        {
            runner.LaunchProduct(new MatrixProduct(epilogue, (int)inner, (int)outer), (int)rows, new Operands(x, weight, bias, result), context.Stream);
        }
    }
}
