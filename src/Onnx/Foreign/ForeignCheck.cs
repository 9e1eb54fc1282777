using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Foreign;

/// <summary>Whether a graph that somebody else made can be taken, told by its file alone; every refusal names what it is about.</summary>
internal static class ForeignCheck
{
    /// <summary>Input of the segments, which not every graph has.</summary>
    public const string TokenTypes = "token_type_ids";

    // IR 4 lets weights be no inputs; Range came with operators 11.
    private const int LeastIrVersion = 4;
    private const int LeastOpset = 11;
    private const int MaxLabels = 2;
    private const string PastInput = "past_key_values";

    private static readonly string[] Inputs = [GraphTensors.InputIds, GraphTensors.AttentionMask, TokenTypes];
    private static readonly string[] NamelessOperators = ["MatMulNBits", "MatMulBnb4", "GatherBlockQuantized", "QMoE"];

    /// <summary>Checks all of it.</summary>
    /// <returns>How many labels a run gives; null where the file does not say.</returns>
    /// <exception cref="CheckpointException">It cannot be taken.</exception>
    public static int? RequireTakeable(ForeignGraph graph, ModelShape shape)
    {
        Require(graph, graph.IrVersion >= LeastIrVersion, $"has IR version {graph.IrVersion}; {LeastIrVersion} or newer is taken");
        Require(graph, graph.Opset >= LeastOpset, $"has operators of version {graph.Opset}; {LeastOpset} or newer is taken");
        foreach (var input in graph.Inputs)
        {
            RequireInput(graph, input);
        }

        foreach (var name in Inputs[..2])
        {
            Require(graph, graph.Inputs.Any(i => i.Name == name), $"has no input '{name}'; its inputs are {string.Join(", ", graph.Inputs.Select(i => i.Name))}");
        }

        RequireTables(graph, shape);
        return RequireOutput(graph);
    }

    /// <summary>The precision that a graph computes in.</summary>
    /// <exception cref="CheckpointException">It is none that this build has a name for.</exception>
    public static ModelPrecision FindPrecision(ForeignGraph graph)
    {
        var operations = graph.Nodes.Select(n => n.Operation).ToHashSet();
        var nameless = NamelessOperators.FirstOrDefault(operations.Contains);
        Require(graph, nameless is null, $"has nodes of {nameless}, whose weights have a few bits; fp32, fp16, and INT8 of dynamic or static scales are taken");
        if (operations.Overlaps(["DynamicQuantizeLinear", "DynamicQuantizeMatMul", "QAttention", "MatMulIntegerToFloat"]))
        {
            return ModelPrecision.Int8;
        }

        if (operations.Overlaps(["QuantizeLinear", "DequantizeLinear", "QLinearMatMul"]))
        {
            return ModelPrecision.Int8Qdq;
        }

        var largest = graph.Tensors.Values.GroupBy(t => t.Type).OrderByDescending(g => g.Sum(t => t.Elements)).FirstOrDefault()?.Key;
        return largest switch
        {
            (long)OnnxType.Float => ModelPrecision.Fp32,
            (long)OnnxType.Float16 => ModelPrecision.Fp16,
            _ => throw new CheckpointException(graph.Path, $"has weights of the type {largest} of ONNX; FP32 (1), FP16 (10) and INT8 with scales are taken"),
        };
    }

    private static void RequireInput(ForeignGraph graph, ForeignValue input)
    {
        Require(graph, !input.Name.StartsWith(PastInput, StringComparison.Ordinal), $"asks for '{input.Name}': it is a graph that generates text");
        Require(graph, Inputs.Contains(input.Name), $"asks for an input '{input.Name}'; {string.Join(", ", Inputs)} are given");
        Require(graph, input.Type == (long)OnnxType.Int64, $"has an input '{input.Name}' of the type {input.Type} of ONNX; INT64 (7) is given");
        Require(
            graph,
            input.Dims is [< 0, < 0],
            $"has an input '{input.Name}' with {input.DescribeShape()}; both axes, batch and sequence, must be free: export it with dynamic axes");
    }

    private static int? RequireOutput(ForeignGraph graph)
    {
        var logits = graph.Outputs.FirstOrDefault(o => o.Name == GraphTensors.Logits);
        if (logits is null || graph.Outputs.Any(o => o.Name.StartsWith("present", StringComparison.Ordinal)))
        {
            throw new CheckpointException(
                graph.Path, $"gives {string.Join(", ", graph.Outputs.Select(o => o.Name))}; '{GraphTensors.Logits}' of a classifier is read, and no output of a graph that generates or embeds");
        }

        Require(
            graph,
            logits.Type is (long)OnnxType.Float or (long)OnnxType.Float16,
            $"gives '{GraphTensors.Logits}' of the type {logits.Type} of ONNX; FP32 (1) and FP16 (10) are read");
        Require(
            graph,
            logits.Dims is [< 0, _],
            $"gives '{GraphTensors.Logits}' with {logits.DescribeShape()}; [batch, 1] or [batch, {MaxLabels}] with a free batch is read (a third axis would be a score for each token)");
        var labels = logits.Dims![1];
        Require(graph, labels <= MaxLabels && labels != 0, $"gives '{GraphTensors.Logits}' of {labels} labels; one, or two of which one is the other's opposite, are read");
        return labels < 0 ? null : (int)labels;
    }

    // A table that ids are looked up in, where the graph looks them up itself: fused graphs hide theirs.
    private static void RequireTables(ForeignGraph graph, ModelShape shape)
    {
        var tables = graph.Nodes.Where(n => n is { Operation: "Gather", Inputs.Count: 2 })
            .Select(n => (Tensor: graph.Tensors.GetValueOrDefault(n.Inputs[0]), Index: n.Inputs[1])).Where(t => t.Tensor is { Dims.Count: 2 }).ToList();
        var words = tables.Find(t => t.Index == GraphTensors.InputIds).Tensor;
        if (words is null)
        {
            return;
        }

        Require(graph, words.Dims[0] == shape.Vocabulary, $"has an embedding table '{words.Name}' of {words.Dims[0]} rows, and {ForeignFiles.Config} says vocab_size {shape.Vocabulary}");
        var positions = tables.Where(t => t.Index != GraphTensors.InputIds && t.Index != TokenTypes && t.Tensor!.Dims[1] == words.Dims[1])
            .Select(t => t.Tensor!).MaxBy(t => t.Dims[0]);
        if (positions is { Dims: [> MaxLabels, _] })
        {
            Require(
                graph,
                positions.Dims[0] >= shape.Positions,
                $"has a position table '{positions.Name}' of {positions.Dims[0]} rows, and {ForeignFiles.Config} says max_position_embeddings {shape.Positions}");
        }
    }

    private static void Require(ForeignGraph graph, bool condition, string reason)
    {
        if (!condition)
        {
            throw new CheckpointException(graph.Path, reason);
        }
    }
}
