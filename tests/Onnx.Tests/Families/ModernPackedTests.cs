using CsCheck;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Tests.Graphs;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families;

/// <summary>ModernBERT's packed graphs by the contract of their operators.</summary>
public sealed class ModernPackedTests : IDisposable
{
    private static readonly PairTemplate Template = new(0, [2], 2);

    private readonly TempFolder _temp = new();

    private static readonly Gen<(ModelShape Shape, int Labels, string Pooling, int Window, int Seed, int[] Lengths)> Cases =
        from layers in Gen.Int[1, 5]
        from heads in Gen.Int[1, 2]
        from feedForward in Gen.Int[1, 4].Select(f => 8 * f)
        from labels in Gen.Int[1, 2]
        from pooling in Gen.Bool.Select(b => b ? "mean" : "cls")
        from window in Gen.Int[2, 12]
        from seed in Gen.Int[0, 1_000_000]
        from lengths in Gen.Int[6, 24].Array[1, 3]
        select (TinyCheckpoints.Shape(layers, heads, headSize: 32, feedForward, 270, 24), labels, pooling, window, seed, lengths);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_packed_graph_agrees_with_the_forward_pass_and_a_pair_does_not_feel_its_batch() => Cases.Sample(
        test =>
        {
            using var temp = new TempFolder();
            ModernCheckpoints.Write(temp["checkpoint"], test.Shape, test.Seed, test.Labels, test.Pooling, test.Window, storedType: "F16");
            FamilyChecks.AssertPackedAgrees(
                temp["checkpoint"], new ModernReference(temp["checkpoint"]).Score, FamilyChecks.CreatePairs(Template, test.Seed, test.Shape, test.Lengths));
        }, seed: "0001m4vAXYm3", iter: CaseCount.Read(sample: 12), threads: 1);

    [Theory]
    [InlineData("cls")]
    [InlineData("mean")]
    public void FP8_is_near_the_model_in_both_forms(string pooling)
    {
        var shape = TinyCheckpoints.Shape(layers: 3, heads: 2, headSize: 32, feedForward: 96, vocabulary: 270, positions: 80);
        ModernCheckpoints.Write(_temp["checkpoint"], shape, seed: 5, pooling: pooling);
        FamilyChecks.AssertFp8IsNear(
            _temp["checkpoint"], new ModernReference(_temp["checkpoint"]).Score, FamilyChecks.CreatePairs(Template, 7, shape, [8, 12, 20, 28, 15, 23, 9, 26]), share: 0.15);
    }

    [Theory]
    [InlineData(16, 32)]
    [InlineData(32, 12)]
    public void Sizes_without_kernels_have_a_padded_graph_alone_and_no_FP8(int headSize, int feedForward)
    {
        ModernCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(layers: 1, heads: 2, headSize, feedForward, 270, 40), seed: 5);

        var manifest = CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp16 }, null, CancellationToken.None);
        var refused = Assert.Throws<QuantizationException>(() => CheckpointImporter.Import(
            _temp["checkpoint"], _temp["eight"], new ImportOptions { Precision = ModelPrecision.Fp8 }, null, CancellationToken.None));

        Assert.Equal(["padded"], manifest.Graphs.Keys);
        Assert.Contains("heads of 32 or 64", refused.Message, StringComparison.Ordinal);
        Assert.False(ImportSupport.HasPackedGraphs(_temp["checkpoint/config.json"]));
    }

    [Fact]
    public void A_layer_is_eight_operators_of_the_engine_and_local_ones_say_their_window()
    {
        ModernCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(layers: 4, heads: 2, headSize: 32, feedForward: 48, vocabulary: 270), seed: 5, window: 10);
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp16 }, null, CancellationToken.None);

        var nodes = OnnxReader.Read(ModelFolder.Open(_temp["model"]).FindGraphPath("packed")!).Nodes;

        Assert.Equal(
            ["Linear", "PackedRotaryAttention", "Linear", "KeptSum", "Linear", "GatedGelu", "Linear", "KeptSum"],
            nodes.Where(n => n.Operation != "Concat").Skip(2).Take(8).Select(n => n.Operation));
        Assert.Equal([-1, 5, 5, -1], nodes.Where(n => n.Operation == "PackedRotaryAttention").Select(n => n.Attributes["window"]));
        Assert.True(ImportSupport.HasPackedGraphs(_temp["checkpoint/config.json"]));
    }
}
