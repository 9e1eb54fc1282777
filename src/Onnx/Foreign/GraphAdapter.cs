using System.Runtime.InteropServices;
using Reranker.Inference.Graphs;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Foreign;

/// <summary>
/// Makes the padded form of a graph that somebody else made. Its own nodes stay; what engines do not give is worked out before them, and
/// what they do not read behind them: segments out of the ids, one logit out of two labels, FP32 out of FP16.
/// </summary>
internal static class GraphAdapter
{
    private const string Labels = "reranker/labels";
    private const string Prefix = "reranker/";

    /// <summary>Describes it.</summary>
    /// <param name="graph">The graph, checked.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="separator">Id of the token that ends the first of two segments; null where all tokens are of one.</param>
    /// <param name="labels">How many labels there are, as the graph says; null where it does not.</param>
    /// <exception cref="CheckpointException">The labels are no score.</exception>
    public static GraphEdit CreatePaddedForm(ForeignGraph graph, ForeignConfig config, int? separator, int? labels)
    {
        var head = labels == 1 ? null : config.FindLabels();
        if (labels is { } said && head is not null && head.Count != said)
        {
            throw new CheckpointException(graph.Path, $"gives {said} labels, and {ForeignFiles.Config} says {head.Count}");
        }

        var edit = new GraphEdit(graph);
        if (graph.Inputs.Any(i => i.Name == ForeignCheck.TokenTypes))
        {
            edit.DropInput(ForeignCheck.TokenTypes);
            AddSegments(edit, separator, graph.Opset);
        }

        edit.Rename(GraphTensors.Logits, Labels);
        AddLogit(edit, head?.Count ?? 1, head?.Positive ?? 0);
        edit.AddOutput(OnnxProto.EncodeValue(GraphTensors.Logits, OnnxType.Float, ["batch", "1"]));
        return edit;
    }

    // Tokens behind the first separator are of the second segment; of a table of one segment all are of the first.
    private static void AddSegments(GraphEdit edit, int? separator, long opset)
    {
        if (separator is not { } id)
        {
            edit.AddBefore(Encode("Sub", [GraphTensors.InputIds, GraphTensors.InputIds], ForeignCheck.TokenTypes));
            return;
        }

        AddScalar(edit, "separator", id);
        AddScalar(edit, "zero", 0);
        AddScalar(edit, "one", 1);
        AddScalar(edit, "none", int.MaxValue);
        edit.AddBefore(Encode("Shape", [GraphTensors.InputIds], $"{Prefix}shape"));
        edit.AddBefore(Encode("Gather", [$"{Prefix}shape", $"{Prefix}one"], $"{Prefix}width"));
        edit.AddBefore(Encode("Range", [$"{Prefix}zero", $"{Prefix}width", $"{Prefix}one"], $"{Prefix}places"));
        edit.AddBefore(Encode("Equal", [GraphTensors.InputIds, $"{Prefix}separator"], $"{Prefix}is_end"));
        edit.AddBefore(Encode("Where", [$"{Prefix}is_end", $"{Prefix}places", $"{Prefix}none"], $"{Prefix}ends"));
        AddFirstEnd(edit, opset);
        edit.AddBefore(Encode("Greater", [$"{Prefix}places", $"{Prefix}first_end"], $"{Prefix}is_second"));
        edit.AddBefore(EncodeCast($"{Prefix}is_second", ForeignCheck.TokenTypes, (long)OnnxType.Int64));
    }

    // Axes became an input with operators 18.
    private static void AddFirstEnd(GraphEdit edit, long opset)
    {
        if (opset < 18)
        {
            edit.AddBefore(Encode("ReduceMin", [$"{Prefix}ends"], $"{Prefix}first_end", OnnxAttribute.Create("axes", [1L])));
            return;
        }

        edit.AddTensor(OnnxProto.EncodeInlineTensor($"{Prefix}axes", OnnxType.Int64, [1], BitConverter.GetBytes(1L)));
        edit.AddBefore(Encode("ReduceMin", [$"{Prefix}ends", $"{Prefix}axes"], $"{Prefix}first_end"));
    }

    private static void AddScalar(GraphEdit edit, string name, long value)
        => edit.AddTensor(OnnxProto.EncodeInlineTensor($"{Prefix}{name}", OnnxType.Int64, [], BitConverter.GetBytes(value)));

    private static void AddLogit(GraphEdit edit, int labels, int positive)
    {
        if (labels == 1)
        {
            edit.AddBehind(EncodeCast(Labels, GraphTensors.Logits, (long)OnnxType.Float));
            return;
        }

        edit.AddBehind(EncodeCast(Labels, $"{Prefix}wide", (long)OnnxType.Float));
        AddColumn(edit, "positive", positive);
        AddColumn(edit, "negative", 1 - positive);
        edit.AddBehind(Encode("Sub", [$"{Prefix}positive", $"{Prefix}negative"], GraphTensors.Logits));
    }

    private static void AddColumn(GraphEdit edit, string name, long column)
    {
        edit.AddTensor(OnnxProto.EncodeInlineTensor($"{Prefix}{name}/index", OnnxType.Int64, [1], MemoryMarshal.AsBytes<long>(new[] { column }).ToArray()));
        edit.AddBehind(Encode("Gather", [$"{Prefix}wide", $"{Prefix}{name}/index"], $"{Prefix}{name}", OnnxAttribute.Create("axis", 1)));
    }

    private static byte[] EncodeCast(string input, string output, long type) => Encode("Cast", [input], output, OnnxAttribute.Create("to", type));

    private static byte[] Encode(string operation, string[] inputs, string output, params OnnxAttribute[] attributes)
        => OnnxProto.EncodeNode($"{Prefix}{output}", operation, "", inputs, [output], attributes);
}
