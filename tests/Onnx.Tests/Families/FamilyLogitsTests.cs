using CsCheck;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families;

/// <summary>Every family against its forward pass: alone, among neighbours, padded and packed.</summary>
public sealed class FamilyLogitsTests
{
    private const double Fp32Tolerance = 1e-4;
    private const double Fp16Tolerance = 0.02;

    private static readonly string[] StoredTypes = ["F32", "F16", "BF16"];

    private static readonly Gen<Case> Cases =
        from isBert in Gen.Bool
        from layers in Gen.Int[1, 3]
        from heads in Gen.Int[1, 4]
        from headSize in Gen.Int[1, 4].Select(h => 2 * h)
        from feedForward in Gen.Int[1, 24]
        from vocabulary in Gen.Int[262, 300]
        from positions in Gen.Int[12, 30]
        from labels in Gen.Int[1, 2]
        from type in Gen.Int[0, 2].Select(i => StoredTypes[i])
        from older in Gen.Bool
        from seed in Gen.Int[0, 1_000_000]
        from lengths in Gen.Int[6, positions - 2].Array[1, 4]
        select new Case(isBert, TinyCheckpoints.Shape(layers, heads, headSize, feedForward, vocabulary, positions), labels, type, older, seed, lengths);

    [Fact]
    public void Graphs_agree_with_the_forward_pass_and_a_pair_does_not_feel_its_batch() => Cases.Sample(
        test =>
        {
            using var temp = new TempFolder();
            test.Write(temp["checkpoint"]);
            using var runner = Import(temp, ModelPrecision.Fp32);
            var reference = new ReferenceModel(temp["checkpoint"]);
            var pairs = test.CreatePairs();
            var shape = ModelFolder.Open(temp["model"]).Manifest.Shape;

            var batch = runner.ScorePairs(pairs, width: shape.MaxPositions);
            var packed = ScorePacked(PackedOnCpu.Write(temp["checkpoint"], temp["model"]), shape, pairs);

            for (var i = 0; i < pairs.Length; i++)
            {
                var expected = reference.Score(pairs[i]);
                Assert.Equal(expected, runner.ScorePairs([pairs[i]])[0], Fp32Tolerance);
                Assert.Equal(expected, batch[i], Fp32Tolerance);
                Assert.Equal(expected, packed[i], Fp32Tolerance);
            }
        }, seed: "0001m4vAXYm3", iter: CaseCount.Read(), threads: 1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_FP16_graph_stays_near_the_forward_pass(bool isBert)
    {
        using var temp = new TempFolder();
        var test = new Case(isBert, TinyCheckpoints.Shape(layers: 2, heads: 2, headSize: 32, feedForward: 64, vocabulary: 270), 1, "F16", false, 5, [7, 20, 31]);
        test.Write(temp["checkpoint"]);
        using var runner = Import(temp, ModelPrecision.Fp16);
        var reference = new ReferenceModel(temp["checkpoint"]);
        var shape = ModelFolder.Open(temp["model"]).Manifest.Shape;
        var joint = new PackedEvaluator(ModelFolder.Open(temp["model"]).FindGraphPath("packed")!, shape: shape);
        var pairs = test.CreatePairs();

        var logits = runner.ScorePairs(pairs);
        var packed = joint.Score(pairs);

        Assert.All(pairs.Zip(logits), p => Assert.Equal(reference.Score(p.First), p.Second, Fp16Tolerance));
        Assert.All(pairs.Zip(packed), p => Assert.Equal(reference.Score(p.First), p.Second, Fp16Tolerance));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void INT8_ranks_as_FP32_does_on_the_built_in_texts(bool isBert)
    {
        using var temp = new TempFolder();
        var test = new Case(isBert, TinyCheckpoints.Shape(layers: 2, heads: 2, headSize: 32, feedForward: 128, vocabulary: 270, positions: 130), 1, "F32", false, 5, [7]);
        test.Write(temp["checkpoint"]);

        var manifest = CheckpointImporter.Import(
            temp["checkpoint"], temp["model"], new ImportOptions { Precision = ModelPrecision.Int8, Gate = true }, null, CancellationToken.None);

        Assert.Equal((isBert ? "bert" : "roberta", ModelManifest.FamilyFormat, "tokenizer.json"), (manifest.Family, manifest.Format, manifest.Tokenizer));
        Assert.True(manifest.Gate!.KendallTau > 0.8, $"{manifest.Gate}");
    }

    private static float[] ScorePacked(string graph, ModelShape shape, int[][] pairs)
    {
        using var session = new InferenceSession(graph);
        ReadOnlyMemory<int>[] packed = [.. pairs];
        var (tokens, longest) = (pairs.Sum(p => p.Length), pairs.Max(p => p.Length));
        var (ids, positions, offsets, starts) = (new int[tokens], new int[tokens], new int[pairs.Length * longest], new int[pairs.Length + 1]);
        var inputs = new PackedInputs(PositionRows.FromShape(shape));
        PackedInputs.WriteIds(packed, ids);
        inputs.WritePositions(packed, positions);
        inputs.WriteTokenOffsets(packed, longest, offsets);
        PackedInputs.WriteSequenceStarts(packed, starts);
        using var idValue = OrtValue.CreateTensorValueFromMemory(ids, [tokens]);
        using var positionValue = OrtValue.CreateTensorValueFromMemory(positions, [tokens]);
        using var offsetValue = OrtValue.CreateTensorValueFromMemory(offsets, [pairs.Length, longest]);
        using var startValue = OrtValue.CreateTensorValueFromMemory(starts, [pairs.Length + 1]);
        using var options = new RunOptions();
        using var results = session.Run(
            options, ["input_ids", "position_ids", "token_offset", "cu_seqlens"], [idValue, positionValue, offsetValue, startValue], ["logits"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static GraphRunner Import(TempFolder temp, ModelPrecision precision)
    {
        CheckpointImporter.Import(temp["checkpoint"], temp["model"], new ImportOptions { Precision = precision }, null, CancellationToken.None);
        return GraphRunner.Load(ModelFolder.Open(temp["model"]).FindGraphPath("padded")!, frugal: false);
    }

    private sealed record Case(bool IsBert, ModelShape Shape, int Labels, string Type, bool Older, int Seed, int[] Lengths)
    {
        public void Write(string folder)
        {
            if (IsBert)
            {
                FamilyCheckpoints.WriteBert(folder, Shape, Seed, Labels, Type, Older);
            }
            else
            {
                FamilyCheckpoints.WriteRoberta(folder, Shape, Seed, Labels, Type, Older);
            }
        }

        public int[][] CreatePairs()
        {
            var (random, template) = (new Random(Seed), IsBert ? new PairTemplate(2, [3], 3) : PairTemplate.XlmRoberta);
            return [.. Lengths.Select(length =>
            {
                var pair = Enumerable.Range(0, length).Select(_ => random.Next(5, Shape.Vocabulary)).ToArray();
                template.WriteQueryAndSpecialTokens(pair.AsSpan(1, random.Next(1, length - template.SpecialTokens)).ToArray(), pair);
                return pair;
            })];
        }
    }
}
