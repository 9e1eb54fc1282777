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
        var layout = FloatPlan.CreatePlan(source, OnnxType.Float).Layout;
        var path = Path.Combine(model, "packed-cpu.onnx");
        File.WriteAllBytes(
            path, PackedGraph.Build(
                source.Shape, OnnxType.Float, layout, CheckpointImporter.WeightsFile,
                new MaskedAttention(source.Shape), PackedProducts.Standard));
        return path;
    }

    // Every token may look at every token of the batch, and a mask leaves those of its own pair.
    private sealed class MaskedAttention(Inference.Models.ModelShape shape) : IPackedAttention
    {
        private readonly long _headSize = shape.Hidden / shape.Heads;

        public string AddAttention(GraphBuilder graph, string x, int layer)
        {
            var name = $"{EncoderParts.NameLayer(layer)}/attention";

            // As the default form has it: the query's bias alone, the rest is in the output's.
            var q = Heads(graph, Projected(graph, x, layer), XlmRobertaTensors.NameQuery(layer), 1, 0, 2);
            var k = Heads(graph, Product(graph, x, XlmRobertaTensors.NameKey(layer)), XlmRobertaTensors.NameKey(layer), 1, 2, 0);
            var v = Heads(graph, Product(graph, x, XlmRobertaTensors.NameValue(layer)), XlmRobertaTensors.NameValue(layer), 1, 0, 2);
            var scale = graph.AddScalar("attention/scale", OnnxType.Float, 1 / MathF.Sqrt(_headSize));
            var scores = graph.AddNode("Mul", $"{name}/scores", [graph.AddNode("MatMul", $"{name}/products", [q, k]), scale]);
            var masked = graph.AddNode("Where", $"{name}/masked", [Same(graph, layer), scores, graph.AddScalar("attention/masked", OnnxType.Float, -1e9f)]);
            var mixed = graph.AddNode("MatMul", $"{name}/mixed", [graph.AddNode("Softmax", $"{name}/shares", [masked], OnnxAttribute.Create("axis", -1)), v]);
            var merged = graph.AddNode("Transpose", $"{name}/merged", [mixed], OnnxAttribute.Create("perm", 1, 0, 2));
            return graph.AddNode("Reshape", $"{name}/context", [merged, graph.AddIntegers("attention/hidden", 0, shape.Hidden)]);
        }

        // A pair starts where positions do: the count of starts up to a token is the number of its pair.
        private string Same(GraphBuilder graph, int layer)
        {
            var name = $"{EncoderParts.NameLayer(layer)}/pairs";
            var positions = graph.AddNode("Cast", $"{name}/positions", [PackedGraph.PositionIds], OnnxAttribute.Create("to", (long)OnnxType.Int64));
            var starts = graph.AddNode("Equal", $"{name}/starts", [positions, graph.AddScalar("pairs/first", shape.FirstPosition ?? 2)]);
            var numbers = graph.AddNode(
                "CumSum", $"{name}/numbers",
                [graph.AddNode("Cast", $"{name}/ones", [starts], OnnxAttribute.Create("to", (long)OnnxType.Int64)), graph.AddScalar("pairs/axis", 0)]);
            var across = graph.AddNode("Unsqueeze", $"{name}/across", [numbers, graph.AddIntegers("pairs/rows", 0)]);
            var down = graph.AddNode("Unsqueeze", $"{name}/down", [numbers, graph.AddIntegers("pairs/columns", 1)]);
            return graph.AddNode("Equal", $"{name}/same", [across, down]);
        }

        public string FindOutputBias(int layer) => XlmRobertaTensors.NameFoldedOutputBias(layer);

        private static string Projected(GraphBuilder graph, string x, int layer)
            => new FloatOperators(OnnxType.Float).AddLinear(graph, x, XlmRobertaTensors.NameQuery(layer), $"{XlmRobertaTensors.NameQuery(layer)}/projected");

        private static string Product(GraphBuilder graph, string x, string module)
            => graph.AddNode("MatMul", $"{module}/product", [x, graph.UseWeight(TensorNames.NameWeight(module))]);

        private string Heads(GraphBuilder graph, string projected, string module, params long[] order)
        {
            var split = graph.AddNode("Reshape", $"{module}/split", [projected, graph.AddIntegers("attention/heads", 0, shape.Heads, _headSize)]);
            return graph.AddNode("Transpose", $"{module}/heads", [split], OnnxAttribute.Create("perm", order));
        }
    }
}
