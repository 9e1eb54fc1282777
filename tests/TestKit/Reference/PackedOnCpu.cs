using Reranker.Onnx.Families;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Weights;

namespace Reranker.TestKit.Reference;

/// <summary>
/// The packed graph of a model with its attention written in standard operators. ONNX Runtime has packed attention for CUDA
/// alone; everything else of the graph, and everything that feeds it, can so be checked on any machine.
/// </summary>
public static class PackedOnCpu
{
    /// <summary>Writes the graph beside the weights of an FP32 model.</summary>
    /// <param name="checkpoint">The checkpoint the model was made from.</param>
    /// <param name="model">The model folder.</param>
    /// <returns>Path of the graph.</returns>
    public static string Write(string checkpoint, string model)
    {
        using var source = Checkpoint.Open(checkpoint, ModelFamilies.All);
        var layout = FloatPlan.Create(source, OnnxType.Float).Layout;
        var path = Path.Combine(model, "packed-cpu.onnx");
        File.WriteAllBytes(
            path, PackedGraph.Build(
                source.Shape, OnnxType.Float, layout, CheckpointImporter.WeightsFile,
                new PackedForm(PackedGraph.Form, new MaskedAttention(source.Shape), PackedProducts.Standard)));
        return path;
    }

    // Every token may look at every token of the batch, and a mask leaves those of its own pair.
    private sealed class MaskedAttention(Inference.Models.ModelShape shape) : IPackedAttention
    {
        private readonly long _headSize = shape.Hidden / shape.Heads;

        public string Add(GraphBuilder graph, string x, int layer)
        {
            var name = $"{EncoderParts.LayerName(layer)}/attention";

            // As the default form has it: the query's bias alone, the rest is in the output's.
            var q = Heads(graph, Projected(graph, x, layer), XlmRobertaTensors.Query(layer), 1, 0, 2);
            var k = Heads(graph, Product(graph, x, XlmRobertaTensors.Key(layer)), XlmRobertaTensors.Key(layer), 1, 2, 0);
            var v = Heads(graph, Product(graph, x, XlmRobertaTensors.Value(layer)), XlmRobertaTensors.Value(layer), 1, 0, 2);
            var scale = graph.Scalar("attention/scale", OnnxType.Float, 1 / MathF.Sqrt(_headSize));
            var scores = graph.Node("Mul", $"{name}/scores", [graph.Node("MatMul", $"{name}/products", [q, k]), scale]);
            var masked = graph.Node("Where", $"{name}/masked", [Same(graph, layer), scores, graph.Scalar("attention/masked", OnnxType.Float, -1e9f)]);
            var mixed = graph.Node("MatMul", $"{name}/mixed", [graph.Node("Softmax", $"{name}/shares", [masked], OnnxAttribute.Of("axis", -1)), v]);
            var merged = graph.Node("Transpose", $"{name}/merged", [mixed], OnnxAttribute.Of("perm", 1, 0, 2));
            return graph.Node("Reshape", $"{name}/context", [merged, graph.Constant("attention/hidden", 0, shape.Hidden)]);
        }

        // A pair starts where positions do: the count of starts up to a token is the number of its pair.
        private static string Same(GraphBuilder graph, int layer)
        {
            var name = $"{EncoderParts.LayerName(layer)}/pairs";
            var positions = graph.Node("Cast", $"{name}/positions", [PackedGraph.PositionIds], OnnxAttribute.Of("to", (long)OnnxType.Int64));
            var starts = graph.Node("Equal", $"{name}/starts", [positions, graph.Scalar("pairs/first", 2)]);
            var numbers = graph.Node(
                "CumSum", $"{name}/numbers",
                [graph.Node("Cast", $"{name}/ones", [starts], OnnxAttribute.Of("to", (long)OnnxType.Int64)), graph.Scalar("pairs/axis", 0)]);
            var across = graph.Node("Unsqueeze", $"{name}/across", [numbers, graph.Constant("pairs/rows", 0)]);
            var down = graph.Node("Unsqueeze", $"{name}/down", [numbers, graph.Constant("pairs/columns", 1)]);
            return graph.Node("Equal", $"{name}/same", [across, down]);
        }

        public string OutputBias(int layer) => XlmRobertaTensors.FoldedOutputBias(layer);

        private static string Projected(GraphBuilder graph, string x, int layer)
            => new FloatOperators(OnnxType.Float).Linear(graph, x, XlmRobertaTensors.Query(layer), $"{XlmRobertaTensors.Query(layer)}/projected");

        private static string Product(GraphBuilder graph, string x, string module)
            => graph.Node("MatMul", $"{module}/product", [x, graph.Weight(TensorNames.Weight(module))]);

        private string Heads(GraphBuilder graph, string projected, string module, params long[] order)
        {
            var split = graph.Node("Reshape", $"{module}/split", [projected, graph.Constant("attention/heads", 0, shape.Heads, _headSize)]);
            return graph.Node("Transpose", $"{module}/heads", [split], OnnxAttribute.Of("perm", order));
        }
    }
}
