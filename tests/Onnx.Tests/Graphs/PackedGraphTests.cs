using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Graphs;

public sealed class PackedGraphTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("fp32")]
    [InlineData("fp16")]
    public void A_float_model_gets_the_packed_form(string precision)
    {
        var model = Import(new ImportOptions { Precision = ModelPrecision.Parse(precision) });

        Assert.Equal(["packed", "padded"], model.Manifest.Graphs.Keys.Order());
        Assert.Contains(model.Manifest.Files, f => f.Name == "packed.onnx");
        Assert.True(new FileInfo(model.FindGraphPath("packed")!).Length < 100_000, "weights belong into the weights file");
    }

    [Theory]
    [InlineData("fp32", "packed", "packed-bias", "packed-fused", "packed-standard")]
    [InlineData("fp16", "packed", "packed-bias", "packed-fused", "packed-joint", "packed-standard")]
    [InlineData("fp8", "packed")]
    [InlineData("int8", "fused")]
    [InlineData("int8-qdq")]
    public void Forms_for_measurements_are_written_on_request(string precision, params string[] forms)
    {
        var model = Import(new ImportOptions { Precision = ModelPrecision.Parse(precision), MeasuredForms = true });

        Assert.Equal([.. forms, "padded"], model.Manifest.Graphs.Keys.Order(StringComparer.Ordinal));
    }

    // Types, shapes and operator signatures are checked before a kernel is looked for, so the only complaint left may be that
    // the CPU has none.
    [Theory]
    [InlineData("fp32", "packed", "PackedMultiHeadAttention")]
    [InlineData("fp16", "packed-standard", "PackedMultiHeadAttention")]
    [InlineData("fp16", "packed-bias", "PackedMultiHeadAttention")]
    [InlineData("fp16", "packed-fused", "PackedAttention")]
    public void ONNX_Runtime_finds_nothing_wrong_but_the_missing_CPU_kernel(string precision, string form, string operation)
    {
        var model = Import(new ImportOptions { Precision = ModelPrecision.Parse(precision), MeasuredForms = true });
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

        var error = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(model.FindGraphPath(form), options));

        Assert.Contains("NotImplemented", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{operation}(1)", error.Message, StringComparison.Ordinal);
    }

    // The runtime for CPUs would put conversions around operators that it does not know, so the graph is compared with the one
    // above instead.
    [Fact]
    public void The_FP16_form_says_its_products_with_the_engine_s_operators_and_is_the_standard_one_otherwise()
    {
        var model = Import(new ImportOptions { Precision = ModelPrecision.Fp16, MeasuredForms = true });
        var packed = OnnxReader.Read(model.FindGraphPath("packed")!).Nodes;
        var standard = OnnxReader.Read(model.FindGraphPath("packed-standard")!).Nodes;

        string[] products = ["Product", "Linear", "LinearGelu"];
        var said = packed.Where(n => products.Contains(n.Operation)).ToList();
        Assert.Equal(2 * 6, said.Count);
        Assert.All(said, n => Assert.Equal(n.Operation == "Product" ? 2 : 3, n.Inputs.Count));
        Assert.Equal(
            standard.SelectMany(n => n.Inputs).Where(i => i.StartsWith("roberta.encoder", StringComparison.Ordinal) && i.EndsWith("weight", StringComparison.Ordinal)).Order(),
            packed.SelectMany(n => n.Inputs).Where(i => i.StartsWith("roberta.encoder", StringComparison.Ordinal) && i.EndsWith("weight", StringComparison.Ordinal)).Order());
        Assert.Equal(
            standard.Where(n => n.Operation is not ("MatMul" or "BiasGelu") && !IsQuery(n)).Select(n => n.Operation),
            packed.Where(n => !products.Contains(n.Operation)).Select(n => n.Operation));
        Assert.DoesNotContain(packed, n => n.Operation is "MatMul" or "BiasGelu");

        static bool IsQuery(OnnxReader.Node node) => node.Operation == "Gemm" && node.Inputs.Any(i => i.Contains("self.query", StringComparison.Ordinal));
    }

    private ModelFolder Import(ImportOptions options)
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(layers: 2, heads: 2, headSize: 8), seed: 3);
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], options, null, CancellationToken.None);
        return ModelFolder.Open(_temp["model"]);
    }
}
