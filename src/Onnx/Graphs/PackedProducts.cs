using Reranker.Inference.Graphs;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Graphs;

/// <summary>The two ways to say the products of a packed graph.</summary>
internal static class PackedProducts
{
    /// <summary>
    /// Operators that ONNX Runtime has. What comes behind a product is another pass over memory: GELU alone takes half as long
    /// as the product before it.
    /// </summary>
    public static IPackedProducts Standard { get; } = new OfRuntime();

    /// <summary>
    /// Operators of the CUDA engine's own, for FP16: bias and GELU inside the product, and kernels chosen by measuring. GELU is
    /// the tanh form, applied to the FP32 sum.
    /// </summary>
    public static IPackedProducts Fused { get; } = new OfEngine();

    private static string[] WithBias(GraphBuilder graph, string x, string module)
        => [x, graph.Weight(TensorNames.Weight(module)), graph.Weight(TensorNames.Bias(module))];

    private sealed class OfRuntime : IPackedProducts
    {
        public string Product(GraphBuilder graph, string x, string module)
            => graph.Node("MatMul", $"{module}/product", [x, graph.Weight(TensorNames.Weight(module))]);

        public string Linear(GraphBuilder graph, string x, string module)
            => graph.Node("Gemm", $"{module}/linear", WithBias(graph, x, module));

        public string Gelu(GraphBuilder graph, string x, string module)
        {
            var output = $"{module}/gelu";
            graph.Node(
                GraphBuilder.MicrosoftDomain, "BiasGelu", [output],
                [Product(graph, x, module), graph.Weight(TensorNames.Bias(module))]);
            return output;
        }
    }

    private sealed class OfEngine : IPackedProducts
    {
        public string Product(GraphBuilder graph, string x, string module)
            => Node(graph, GraphOperators.Product, $"{module}/product", [x, graph.Weight(TensorNames.Weight(module))]);

        public string Linear(GraphBuilder graph, string x, string module)
            => Node(graph, GraphOperators.Linear, $"{module}/linear", WithBias(graph, x, module));

        public string Gelu(GraphBuilder graph, string x, string module)
            => Node(graph, GraphOperators.LinearGelu, $"{module}/gelu", WithBias(graph, x, module));

        private static string Node(GraphBuilder graph, string operation, string output, string[] inputs)
        {
            graph.Node(GraphBuilder.EngineDomain, operation, [output], inputs);
            return output;
        }
    }
}
