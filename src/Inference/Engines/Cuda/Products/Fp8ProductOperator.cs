using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// An operator for a product of e4m3 matrices. Inputs on the device: x [rows, inner] and W [outer, inner], e4m3 in UINT8, and a
/// bias [outer] in FP16. Output [rows, outer]: <c>scale · (x · Wᵀ) + bias</c> in FP16, or GELU of it over <c>output_scale</c> in e4m3.
/// </summary>
internal sealed class Fp8ProductOperator(bool hasGelu, ProductRunner runner) : CustomOperator
{
    public override string Name => hasGelu ? GraphOperators.Fp8LinearGelu : GraphOperators.Fp8Linear;

    public override string? ExecutionProvider => ExecutionProviders.Cuda;

    public override IReadOnlyList<TensorElementType> Inputs { get; } = [TensorElementType.UInt8, TensorElementType.UInt8, TensorElementType.Float16];

    public override IReadOnlyList<TensorElementType> Outputs { get; } = [hasGelu ? TensorElementType.UInt8 : TensorElementType.Float16];

    public override OperatorNode CreateNode(NodeAttributes attributes) => new Fp8ProductNode(
        this, runner, attributes.ReadFloat(GraphOperators.Scale), hasGelu ? attributes.ReadFloat(GraphOperators.OutputScale) : null);

    private sealed class Fp8ProductNode(Fp8ProductOperator of, ProductRunner runner, float scale, float? outputScale) : OperatorNode
    {
        public override void Compute(KernelContext context)
        {
            var x = context.GetInput(0, out var left);
            var weight = context.GetInput(1, out var right);
            var (rows, inner, outer) = ProductShapes.ReadTurned(of.Name, left, right);
            var bias = context.GetInput(2, out var columns);
            ProductShapes.CheckBias(of.Name, columns, outer);
            var result = context.CreateOutput(0, rows, outer);
            if (rows == 0)
            {
                return;
            }

            var product = outputScale is null
                ? new MatrixProduct(Epilogue.Bias, inner, outer, ProductTypes.EightToHalf)
                : new MatrixProduct(Epilogue.BiasGelu, inner, outer, ProductTypes.Eight);
            var resultScale = outputScale is { } divisor ? runner.PlaceOnDevice(1 / divisor) : 0;
            runner.LaunchProduct(product, rows, new Operands(x, weight, bias, result, scale, resultScale), context.Stream);
        }
    }
}
