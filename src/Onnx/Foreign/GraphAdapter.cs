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

    // Of ONNX; no weight of ours is of that type.
    private const long Bool = 9;

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
            AddSegments(edit, separator);
        }

        edit.Rename(GraphTensors.Logits, Labels);
        AddLogit(edit, head?.Count ?? 1, head?.Positive ?? 0);
        edit.AddOutput(OnnxProto.EncodeValue(GraphTensors.Logits, OnnxType.Float, ["batch", "1"]));
        return edit;
    }

    // Tokens behind the first separator are of the second segment; of a table of one segment all are of the first.
    private static void AddSegments(GraphEdit edit, int? separator)
    {
        if (separator is not { } id)
        {
            edit.AddBefore(Encode("Sub", [GraphTensors.InputIds, GraphTensors.InputIds], ForeignCheck.TokenTypes));
            return;
        }

        edit.AddTensor(OnnxProto.EncodeInlineTensor($"{Prefix}separator", OnnxType.Int64, [], BitConverter.GetBytes((long)id)));
        edit.AddTensor(OnnxProto.EncodeInlineTensor($"{Prefix}axis", OnnxType.Int64, [], BitConverter.GetBytes(1L)));
        edit.AddBefore(Encode("Equal", [GraphTensors.InputIds, $"{Prefix}separator"], $"{Prefix}is_end"));
        edit.AddBefore(EncodeCast($"{Prefix}is_end", $"{Prefix}ends", (long)OnnxType.Int64));
        edit.AddBefore(Encode("CumSum", [$"{Prefix}ends", $"{Prefix}axis"], $"{Prefix}counted"));
        edit.AddBefore(Encode("Sub", [$"{Prefix}counted", $"{Prefix}ends"], $"{Prefix}ends_before"));

        // True is 1, however many separators stand before a token.
        edit.AddBefore(EncodeCast($"{Prefix}ends_before", $"{Prefix}is_second", Bool));
        edit.AddBefore(EncodeCast($"{Prefix}is_second", ForeignCheck.TokenTypes, (long)OnnxType.Int64));
    }

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
