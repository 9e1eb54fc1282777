using Microsoft.ML.OnnxRuntime;
using Reranker.Onnx.Foreign;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Foreign;

/// <summary>The segments that a graph is given which asks for them, in each version of ONNX's operators that is taken.</summary>
public sealed class SegmentsTests : IDisposable
{
    private const int Separator = 9;
    private const string Ids = "input_ids";
    private const string Types = "token_type_ids";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(21)]
    public void Tokens_behind_the_first_separator_are_of_the_second_segment(int opset)
    {
        // No separator, one at either end, two, and two at once.
        long[] ids =
        [
            3, 4, 5, 6, 7, 8,
            Separator, 4, 5, 6, 7, 8,
            3, 4, 5, 6, 7, Separator,
            3, Separator, 5, 6, Separator, 1,
            3, Separator, Separator, 6, 1, 1,
        ];
        long[] expected =
        [
            0, 0, 0, 0, 0, 0,
            0, 1, 1, 1, 1, 1,
            0, 0, 0, 0, 0, 0,
            0, 0, 1, 1, 1, 1,
            0, 0, 1, 1, 1, 1,
        ];

        using var session = new InferenceSession(EncodePaddedForm(opset));
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [5, 6]);
        using var run = new RunOptions();
        using var results = session.Run(run, [Ids], [input], [Types]);

        Assert.Equal(expected, results[0].GetTensorDataAsSpan<long>().ToArray());
    }

    // A graph that says of its segments how the first token is; their own values become an output, to be looked at.
    private byte[] EncodePaddedForm(int opset)
    {
        var first = OnnxProto.EncodeInlineTensor("first", OnnxType.Int64, [1], BitConverter.GetBytes(0L));
        var graph = OnnxProto.EncodeGraph(
            "segments",
            [
                OnnxProto.EncodeNode("wide", "Cast", "", [Types], ["wide"], [OnnxAttribute.Create("to", (long)OnnxType.Float)]),
                OnnxProto.EncodeNode("logits", "Gather", "", ["wide", "first"], ["logits"], [OnnxAttribute.Create("axis", 1)]),
            ],
            [first],
            [OnnxProto.EncodeValue(Ids, OnnxType.Int64, ["batch", "sequence"]), OnnxProto.EncodeValue(Types, OnnxType.Int64, ["batch", "sequence"])],
            [OnnxProto.EncodeValue("logits", OnnxType.Float, ["batch", "1"])]);
        File.WriteAllBytes(_temp["model.onnx"], OnnxProto.EncodeModel(6, "test", [("", opset)], graph));
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(layers: 1, heads: 1, headSize: 8), seed: 1);

        var edit = GraphAdapter.CreatePaddedForm(ForeignGraph.Read(_temp["model.onnx"]), ForeignConfig.Read(_temp["checkpoint/config.json"]), Separator, labels: 1);
        edit.AddOutput(OnnxProto.EncodeValue(Types, OnnxType.Int64, ["batch", "sequence"]));
        using var written = new MemoryStream();
        edit.Write(written);
        return written.ToArray();
    }
}
