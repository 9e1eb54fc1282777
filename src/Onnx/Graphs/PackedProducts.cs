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

    private static string[] ListInputs(GraphBuilder graph, string x, string module)
        => [x, graph.UseWeight(TensorNames.NameWeight(module)), graph.UseWeight(TensorNames.NameBias(module))];

    private sealed class OfRuntime : IPackedProducts
    {
        public string AddProduct(GraphBuilder graph, string x, string module)
            => graph.AddNode("MatMul", $"{module}/product", [x, graph.UseWeight(TensorNames.NameWeight(module))]);

        public string AddLinear(GraphBuilder graph, string x, string module)
            => graph.AddNode("Gemm", $"{module}/linear", ListInputs(graph, x, module));

        public string AddLinearGelu(GraphBuilder graph, string x, string module)
        {
            var output = $"{module}/gelu";
            graph.AddNode(
                GraphBuilder.MicrosoftDomain, "BiasGelu", [output],
                [AddProduct(graph, x, module), graph.UseWeight(TensorNames.NameBias(module))]);
            return output;
        }
    }

    private sealed class OfEngine : IPackedProducts
    {
        public string AddProduct(GraphBuilder graph, string x, string module)
            => AddEngineNode(graph, GraphOperators.Product, $"{module}/product", [x, graph.UseWeight(TensorNames.NameWeight(module))]);

        public string AddLinear(GraphBuilder graph, string x, string module)
            => AddEngineNode(graph, GraphOperators.Linear, $"{module}/linear", ListInputs(graph, x, module));

        public string AddLinearGelu(GraphBuilder graph, string x, string module)
            => AddEngineNode(graph, GraphOperators.LinearGelu, $"{module}/gelu", ListInputs(graph, x, module));

        private static string AddEngineNode(GraphBuilder graph, string operation, string output, string[] inputs)
        {
            graph.AddNode(GraphBuilder.EngineDomain, operation, [output], inputs);
            return output;
        }
    }
}
