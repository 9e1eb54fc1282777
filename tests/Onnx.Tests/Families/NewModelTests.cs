using System.Text.Json.Nodes;
using CsCheck;
using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Verification.Source;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families;

public sealed class NewModelTests : IDisposable
{
    private static readonly Gen<(ModelShape Shape, int Labels, double Factor, int Segments, string Type, int Seed, int[] Lengths)> Cases =
        from layers in Gen.Int[1, 4]
        from heads in Gen.Int[1, 3]
        from headSize in Gen.Int[1, 4].Select(h => 2 * h)
        from feedForward in Gen.Int[1, 20]
        from positions in Gen.Int[12, 40]
        from labels in Gen.Int[1, 2]
        from factor in Gen.Int[0, 2].Select(i => new[] { 1, 2.5, 8 }[i])
        from segments in Gen.Int[0, 1]
        from type in Gen.Int[0, 2].Select(i => new[] { "F32", "F16", "BF16" }[i])
        from seed in Gen.Int[0, 1_000_000]
        from lengths in Gen.Int[6, positions].Array[1, 4]
        select (TinyCheckpoints.Shape(layers, heads, headSize, feedForward, 60, positions), labels, factor, segments, type, seed, lengths);

    // Several: a logit that happens to be near zero would be a signal of nothing but rounding.
    private static readonly (string Query, string Passage)[] Texts =
        [("how to rank a train", "the rain in the plain stays mainly"), ("what is a panda", "hi"), ("who scores", "a cross-encoder scores pairs of texts"), ("where", "there, and back")];

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_padded_graph_agrees_with_the_forward_pass_and_a_pair_does_not_feel_its_batch() => Cases.Sample(
        test =>
        {
            using var temp = new TempFolder();
            FamilyCheckpoints.WriteNew(temp["checkpoint"], test.Shape, test.Seed, test.Labels, test.Factor, test.Segments, test.Type);
            CheckpointImporter.Import(temp["checkpoint"], temp["model"], new ImportOptions { Precision = ModelPrecision.Fp32 }, null, CancellationToken.None);
            using var runner = GraphRunner.Load(ModelFolder.Open(temp["model"]).FindGraphPath("padded")!, frugal: false);
            var reference = new NewModelReference(temp["checkpoint"]);
            var pairs = CreatePairs(test.Seed, test.Shape, test.Lengths);

            var batch = runner.ScorePairs(pairs, width: test.Shape.Positions);

            for (var i = 0; i < pairs.Length; i++)
            {
                var expected = reference.Score(pairs[i]);
                Assert.Equal(expected, runner.ScorePairs([pairs[i]])[0], 1e-4);
                Assert.Equal(expected, batch[i], 1e-4);
            }
        }, seed: "0001m4vAXYm3", iter: CaseCount.Read(), threads: 1);

    [Fact]
    public void FP16_and_INT8_stay_near_it()
    {
        var shape = TinyCheckpoints.Shape(layers: 4, heads: 2, headSize: 16, feedForward: 48, vocabulary: 270, positions: 200);
        FamilyCheckpoints.WriteNew(_temp["checkpoint"], shape, seed: 3, hasJson: true);
        var reference = new NewModelReference(_temp["checkpoint"]);
        var pairs = CreatePairs(3, shape, [8, 30, 120]);
        foreach (var (precision, tolerance) in new[] { (ModelPrecision.Fp16, 0.02), (ModelPrecision.Int8, 0.25), (ModelPrecision.Int8Qdq, 0.25) })
        {
            var manifest = CheckpointImporter.Import(_temp["checkpoint"], _temp[precision.Name], new ImportOptions { Precision = precision }, null, CancellationToken.None);
            using var runner = GraphRunner.Load(ModelFolder.Open(_temp[precision.Name]).FindGraphPath("padded")!, frugal: false);

            Assert.Equal(("new", "tokenizer.json"), (manifest.Family, manifest.Tokenizer));
            Assert.Equal(precision == ModelPrecision.Int8 ? ["fused", "padded"] : ["padded"], manifest.Graphs.Keys.Order());
            Assert.All(pairs, p => Assert.Equal(reference.Score(p), runner.ScorePairs([p])[0], tolerance));
        }
    }

    [Fact]
    public void Smoothing_of_static_INT8_leaves_what_the_shortcuts_read()
    {
        var shape = TinyCheckpoints.Shape(layers: 3, heads: 2, headSize: 16, feedForward: 48, vocabulary: 270, positions: 200);
        FamilyCheckpoints.WriteNew(_temp["checkpoint"], shape, seed: 4);
        var reference = new NewModelReference(_temp["checkpoint"]);
        var options = new ImportOptions { Precision = ModelPrecision.Int8Qdq, Quantization = new() { Smoothing = 0.5f } };
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], options, null, CancellationToken.None);
        using var runner = GraphRunner.Load(ModelFolder.Open(_temp["model"]).FindGraphPath("padded")!, frugal: false);

        Assert.All(CreatePairs(4, shape, [8, 60]), p => Assert.Equal(reference.Score(p), runner.ScorePairs([p])[0], 0.25));
    }

    [Fact]
    public void The_packed_graph_agrees_with_the_forward_pass_and_a_pair_does_not_feel_its_batch() => Cases.Sample(
        test =>
        {
            using var temp = new TempFolder();
            var shape = TinyCheckpoints.Shape(test.Shape.Layers, heads: 2, headSize: 32, (test.Shape.FeedForward + 7) / 8 * 8, 60, test.Shape.Positions);
            FamilyCheckpoints.WriteNew(temp["checkpoint"], shape, test.Seed, test.Labels, test.Factor, test.Segments, storedType: "F16");
            CheckpointImporter.Import(temp["checkpoint"], temp["model"], new ImportOptions { Precision = ModelPrecision.Fp16 }, null, CancellationToken.None);
            var packed = new PackedEvaluator(ModelFolder.Open(temp["model"]).FindGraphPath("packed")!, roundsHalf: false);
            var reference = new NewModelReference(temp["checkpoint"]);
            var pairs = CreatePairs(test.Seed, shape, test.Lengths);

            var batch = packed.Score(pairs);

            Assert.All(pairs.Zip(batch), p => Assert.Equal(reference.Score(p.First), p.Second, 1e-4));
            Assert.Equal(batch[0], packed.Score([pairs[0]])[0], 1e-9);
        }, seed: "0001m4vAXYm3", iter: CaseCount.Read(sample: 6), threads: 1);

    [Fact]
    public void FP8_is_near_the_model_in_both_forms()
    {
        var shape = TinyCheckpoints.Shape(layers: 3, heads: 2, headSize: 32, feedForward: 96, vocabulary: 270, positions: 80);
        FamilyCheckpoints.WriteNew(_temp["checkpoint"], shape, seed: 5);
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp8 }, null, CancellationToken.None);
        var (model, reference) = (ModelFolder.Open(_temp["model"]), new NewModelReference(_temp["checkpoint"]));
        var pairs = CreatePairs(7, shape, [8, 12, 20, 28, 15, 23, 9, 26]);
        using var runner = GraphRunner.Load(model.FindGraphPath("padded")!, frugal: false);

        double[] padded = [.. pairs.Select(p => (double)runner.ScorePairs([p])[0])];
        var packed = new PackedEvaluator(model.FindGraphPath("packed")!, roundsHalf: false).Score(pairs);
        double[] exact = [.. pairs.Select(p => reference.Score(p))];

        // The same numbers but for a rare e4m3 value that lies in the middle of two.
        Assert.InRange(packed.Zip(padded).Count(l => Math.Abs(l.First - l.Second) > 1e-4), 0, 2);

        // Random weights behind a normalization give logits that lie near each other: eight bits are a quarter of what they differ by.
        var spread = exact.Max() - exact.Min();
        Assert.InRange(packed.Zip(exact, (a, b) => Math.Abs(a - b)).Average(), 1e-4 * spread, 0.25 * spread);
    }

    [Fact]
    public void Sizes_without_kernels_have_no_FP8()
    {
        FamilyCheckpoints.WriteNew(_temp["checkpoint"], TinyCheckpoints.Shape(headSize: 16), seed: 1);

        var error = Assert.ThrowsAny<Exception>(() => CheckpointImporter.Import(
            _temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp8 }, null, CancellationToken.None));

        Assert.Contains("heads of 32 or 64", error.Message, StringComparison.Ordinal);
        Assert.False(ImportSupport.HasPackedGraphs(_temp["checkpoint/config.json"]));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("rope_theta", "layer.0/attention/context")]
    [InlineData("factor", "layer.0/attention/context")]
    [InlineData("new.encoder.layer.1.attention.o_proj.weight", "layer.1/attention/output")]
    [InlineData("new.encoder.layer.0.attention.qkv_proj.bias", "layer.0/attention/query")]
    [InlineData("new.encoder.layer.0.mlp.up_gate_proj.weight", "layer.0/feed_forward/input")]
    [InlineData("new.embeddings.token_type_embeddings.weight", "embeddings/norm")]
    public void The_source_s_own_pass_finds_a_wrong_base_and_a_transposed_weight(string? changed, string? first)
    {
        var shape = TinyCheckpoints.Shape(layers: 3, heads: 2, headSize: 16, feedForward: 32, vocabulary: 270, positions: 200);
        FamilyCheckpoints.WriteNew(_temp["checkpoint"], shape, seed: 3);
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp32 }, null, CancellationToken.None);
        if (changed is "rope_theta" or "factor")
        {
            Edit(c => (changed == "factor" ? c["rope_scaling"]! : c)[changed] = changed == "factor" ? 2.0 : 10000.0);
        }
        else if (changed is not null)
        {
            CheckpointEdit.Rewrite(_temp["checkpoint/model.safetensors"], t => t[changed] = Turn(t[changed], shape.Hidden));
        }

        var report = SourceComparison.CompareFolders(
            _temp["checkpoint"], _temp["model"], Texts, new SourceComparisonOptions(), CancellationToken.None);

        Assert.Equal(first, report.FirstBeyond);
    }

    [Theory]
    [InlineData("hidden_act", "\"relu\"", "hidden_act is 'relu'")]
    [InlineData("position_embedding_type", "\"absolute\"", "position_embedding_type is 'absolute'")]
    [InlineData("layer_norm_type", "\"rms_norm\"", "layer_norm_type is 'rms_norm'")]
    [InlineData("pack_qkv", "false", "pack_qkv is off")]
    [InlineData("logn_attention_scale", "true", "logn_attention_scale")]
    [InlineData("type_vocab_size", "2", "type_vocab_size is 2")]
    [InlineData("rope_theta", "0.5", "rope_theta is not above 1")]
    [InlineData("rope_scaling", """{"type": "dynamic", "factor": 2.0}""", "of type 'dynamic'")]
    [InlineData("rope_scaling", """{"type": "ntk", "factor": 2.0, "mixed_b": 0.5}""", "mixed_b")]
    [InlineData("rope_scaling", """{"type": "ntk", "factor": 0.5}""", "below 1")]
    [InlineData("rope_scaling", """{"type": "ntk"}""", "is no valid configuration")]
    [InlineData("num_attention_heads", "12", "turned in halves")]
    public void A_configuration_that_the_graph_does_not_express_is_refused(string member, string value, string reason)
    {
        FamilyCheckpoints.WriteNew(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);
        Edit(c => c[member] = JsonNode.Parse(value));

        Assert.Contains(
            reason, Assert.Throws<CheckpointException>(() => Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All).Dispose()).Message, StringComparison.Ordinal);
    }

    // A matrix as its transpose of the same shape; a list turned round.
    private static float[] Turn(float[] values, int width) => values.Length <= 3 * width
        ? [.. values.Reverse()]
        : [.. Enumerable.Range(0, values.Length).Select(i => values[(i % width * (values.Length / width)) + (i / width)])];

    private void Edit(Action<JsonNode> change)
    {
        var path = _temp["checkpoint/config.json"];
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        change(config);
        File.WriteAllText(path, config.ToJsonString());
    }

    private static int[][] CreatePairs(int seed, ModelShape shape, int[] lengths)
    {
        var random = new Random(seed);
        return [.. lengths.Select(length =>
        {
            var pair = Enumerable.Range(0, length).Select(_ => random.Next(5, shape.Vocabulary)).ToArray();
            var template = PairTemplate.XlmRoberta;
            template.WriteQueryAndSpecialTokens(pair.AsSpan(1, random.Next(1, length - template.SpecialTokens)).ToArray(), pair);
            return pair;
        })];
    }
}
