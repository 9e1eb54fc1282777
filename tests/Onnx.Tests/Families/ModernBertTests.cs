using CsCheck;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Verification.Source;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families;

public sealed class ModernBertTests : IDisposable
{
    private static readonly PairTemplate Template = new(0, [2], 2);

    private readonly TempFolder _temp = new();

    private static readonly Gen<(ModelShape Shape, int Labels, string Pooling, int Window, int Seed, int[] Lengths)> Cases =
        from layers in Gen.Int[1, 5]
        from heads in Gen.Int[1, 3]
        from headSize in Gen.Int[1, 4].Select(h => 2 * h)
        from feedForward in Gen.Int[1, 20]
        from positions in Gen.Int[12, 40]
        from labels in Gen.Int[1, 2]
        from pooling in Gen.Bool.Select(b => b ? "mean" : "cls")
        from window in Gen.Int[2, 12]
        from seed in Gen.Int[0, 1_000_000]
        from lengths in Gen.Int[6, positions].Array[1, 4]
        select (TinyCheckpoints.Shape(layers, heads, headSize, feedForward, 270, positions), labels, pooling, window, seed, lengths);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_padded_graph_agrees_with_the_forward_pass_and_a_pair_does_not_feel_its_batch() => Cases.Sample(
        test =>
        {
            using var temp = new TempFolder();
            WriteAny(temp["checkpoint"], test.Shape, test.Seed, test.Labels, test.Pooling, test.Window);
            CheckpointImporter.Import(temp["checkpoint"], temp["model"], new ImportOptions { Precision = ModelPrecision.Fp32 }, null, CancellationToken.None);
            using var runner = GraphRunner.Load(ModelFolder.Open(temp["model"]).FindGraphPath("padded")!, frugal: false);
            var reference = new ModernReference(temp["checkpoint"]);
            var pairs = CreatePairs(test.Seed, test.Shape, test.Lengths);

            var batch = runner.ScorePairs(pairs, width: test.Shape.Positions);

            for (var i = 0; i < pairs.Length; i++)
            {
                var expected = reference.Score(pairs[i]);
                Assert.Equal(expected, runner.ScorePairs([pairs[i]])[0], 1e-4);
                Assert.Equal(expected, batch[i], 1e-4);
            }
        }, seed: "0001m4vAXYm3", iter: CaseCount.Read(), threads: 1);

    [Theory]
    [InlineData("cls")]
    [InlineData("mean")]
    public void FP16_and_INT8_stay_near_it(string pooling)
    {
        var shape = TinyCheckpoints.Shape(layers: 4, heads: 2, headSize: 16, feedForward: 48, vocabulary: 270, positions: 200);
        ModernCheckpoints.Write(_temp["checkpoint"], shape, seed: 3, pooling: pooling);
        var reference = new ModernReference(_temp["checkpoint"]);
        var pairs = CreatePairs(3, shape, [8, 30, 120]);
        foreach (var (precision, tolerance) in new[] { (ModelPrecision.Fp16, 0.02), (ModelPrecision.Int8, 0.25), (ModelPrecision.Int8Qdq, 0.25) })
        {
            var manifest = CheckpointImporter.Import(_temp["checkpoint"], _temp[precision.Name], new ImportOptions { Precision = precision }, null, CancellationToken.None);
            using var runner = GraphRunner.Load(ModelFolder.Open(_temp[precision.Name]).FindGraphPath("padded")!, frugal: false);

            Assert.Equal(precision == ModelPrecision.Int8 ? ["fused", "padded"] : ["padded"], manifest.Graphs.Keys.Order());
            Assert.All(pairs, p => Assert.Equal(reference.Score(p), runner.ScorePairs([p])[0], tolerance));
        }
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("local_rope_theta", "layer.1/attention/context")]
    [InlineData("global_rope_theta", "layer.0/attention/context")]
    [InlineData("local_attention", "layer.1/attention/context")]
    public void The_source_s_own_pass_finds_a_wrong_base_and_a_window_that_is_off_by_one(string? member, string? first)
    {
        var shape = TinyCheckpoints.Shape(layers: 3, heads: 2, headSize: 16, feedForward: 48, vocabulary: 270, positions: 200);
        ModernCheckpoints.Write(_temp["checkpoint"], shape, seed: 3, window: 8);
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp32 }, null, CancellationToken.None);
        if (member is not null)
        {
            var path = _temp["checkpoint/config.json"];
            var config = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!;
            config[member] = member == "local_attention" ? 10 : 100.0;
            File.WriteAllText(path, config.ToJsonString());
        }

        var report = SourceComparison.CompareFolders(
            _temp["checkpoint"], _temp["model"], [("how to rank a train", "the rain in the plain stays mainly")], new SourceComparisonOptions(), CancellationToken.None);

        Assert.Equal(first, report.FirstBeyond);
    }

    // A head of modules or a classifier, in newer words or older ones, by the seed.
    private static void WriteAny(string folder, ModelShape shape, int seed, int labels, string pooling, int window)
    {
        if (seed % 2 == 0)
        {
            ModernCheckpoints.Write(folder, shape, seed, labels, pooling, window);
        }
        else
        {
            ModernCheckpoints.WriteModules(folder, shape, seed, pooling, window, hasBias: labels == 2);
        }

        if (seed % 3 == 0)
        {
            ModernCheckpoints.UseNewerWords(folder, globalBase: 50_000, localBase: seed % 5 == 0 ? 160_000 : 300);
        }
    }

    private static int[][] CreatePairs(int seed, ModelShape shape, int[] lengths)
    {
        var random = new Random(seed);
        return [.. lengths.Select(length =>
        {
            var pair = Enumerable.Range(0, length).Select(_ => random.Next(5, shape.Vocabulary)).ToArray();
            Template.WriteQueryAndSpecialTokens(pair.AsSpan(1, random.Next(1, length - Template.SpecialTokens)).ToArray(), pair);
            return pair;
        })];
    }
}
