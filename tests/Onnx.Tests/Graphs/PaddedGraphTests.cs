using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Graphs;

public sealed class PaddedGraphTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    // TensorRT turns each of these into a loop of small kernels, a running sum too: 2 ms of a batch of 512 tokens a row.
    [Theory]
    [InlineData("xlm-roberta", "fp16")]
    [InlineData("xlm-roberta", "int8-qdq")]
    [InlineData("bert", "fp16")]
    [InlineData("bert", "int8-qdq")]
    [InlineData("new", "fp16")]
    [InlineData("modernbert", "fp16")]
    public void Nothing_is_worked_out_token_by_token(string family, string precision)
    {
        var shape = TinyCheckpoints.Shape(layers: 2, heads: 2, headSize: 8) with { Vocabulary = 300 };
        switch (family)
        {
            case "bert": FamilyCheckpoints.WriteBert(_temp["checkpoint"], shape, seed: 3); break;
            case "new": FamilyCheckpoints.WriteNew(_temp["checkpoint"], shape, seed: 3); break;
            case "modernbert": ModernCheckpoints.Write(_temp["checkpoint"], shape, seed: 3); break;
            default: TinyCheckpoints.Write(_temp["checkpoint"], shape, seed: 3); break;
        }

        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Parse(precision) }, null, CancellationToken.None);
        var operations = OnnxReader.Read(ModelFolder.Open(_temp["model"]).FindGraphPath("padded")!).Nodes.Select(n => n.Operation).ToList();

        Assert.Contains("MatMul", operations);
        Assert.Empty(operations.Intersect(["CumSum", "Loop", "Scan", "If", "NonZero"]));
    }
}
