using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>The classifier of an encoder with rotary positions, in FP32 as in <see cref="EncoderParts"/>.</summary>
internal static class RotaryHead
{
    /// <summary>Adds the classifier over what was pooled.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="form">Precision.</param>
    /// <param name="pooled">FP32 [batch, hidden].</param>
    /// <param name="output">Name of the logits, [batch, 1].</param>
    public static void AddHead(GraphBuilder graph, ModelShape shape, IPrecisionOperators form, string pooled, string output)
    {
        var dense = graph.AddNode("Gemm", "head/dense", [pooled, .. UseWeightAndBias(XlmRobertaTensors.HeadDense)]);
        var norm = graph.AddNode(
            "LayerNormalization", "head/norm", [graph.AddNode("Gelu", "head/gelu", [dense]), .. UseWeightAndBias(XlmRobertaTensors.HeadNorm)],
            OnnxAttribute.Create("axis", -1), OnnxAttribute.Create("epsilon", shape.LayerNormEpsilon));
        graph.AddNode("Gemm", output, [norm, .. UseWeightAndBias(XlmRobertaTensors.HeadOutput)]);

        string[] UseWeightAndBias(string module) => [form.UseTable(graph, TensorNames.NameWeight(module)), graph.UseWeight(TensorNames.NameBias(module))];
    }

    /// <summary>FP16 as FP32.</summary>
    public static string AddWide(GraphBuilder graph, string x) => graph.AddNode("Cast", "head/wide", [x], OnnxAttribute.Create("to", (long)OnnxType.Float));
}
