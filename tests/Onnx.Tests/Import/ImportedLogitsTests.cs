using CsCheck;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Import;

public sealed class ImportedLogitsTests
{
    private const double Fp32Tolerance = 1e-4;
    private const double Fp16Tolerance = 0.02;

    private static readonly string[] StoredTypes = ["F32", "F16", "BF16"];

    private static readonly Gen<Case> Cases =
        from layers in Gen.Int[1, 3]
        from heads in Gen.Int[1, 5]
        from headSize in Gen.Int[1, 6].Select(h => 2 * h)
        from feedForward in Gen.Int[1, 40]
        from vocabulary in Gen.Int[6, 90]
        from positions in Gen.Int[12, 40]
        from type in Gen.Int[0, 2].Select(i => StoredTypes[i])
        from shards in Gen.Int[1, 3]
        from seed in Gen.Int[0, 1_000_000]
        from lengths in Gen.Int[1, positions - 2].Array[1, 5]
        select new Case(TinyCheckpoints.Shape(layers, heads, headSize, feedForward, vocabulary, positions), type, shards, seed, lengths);

    [Fact]
    public void The_FP32_graph_agrees_with_the_reference_and_a_pair_does_not_feel_its_batch() => Cases.Sample(
        test =>
        {
            using var temp = new TempFolder();
            TinyCheckpoints.Write(temp["checkpoint"], test.Shape, test.Seed, test.Type, test.Shards);
            using var runner = Import(temp, ModelPrecision.Fp32);
            var reference = new ReferenceModel(temp["checkpoint"]);
            var pairs = test.Pairs();

            var batch = runner.ScorePairs(pairs, width: test.Shape.MaxPositions);
            for (var i = 0; i < pairs.Length; i++)
            {
                var expected = reference.Score(pairs[i]);
                Assert.Equal(expected, runner.ScorePairs([pairs[i]])[0], Fp32Tolerance);
                Assert.Equal(expected, batch[i], Fp32Tolerance);
            }
        }, seed: "0001m4vAXYm3", iter: 40, threads: 1);

    [Fact]
    public void The_FP16_graph_stays_near_the_reference() => Cases.Sample(
        test =>
        {
            using var temp = new TempFolder();
            TinyCheckpoints.Write(temp["checkpoint"], test.Shape, test.Seed, test.Type, test.Shards);
            using var runner = Import(temp, ModelPrecision.Fp16);
            var reference = new ReferenceModel(temp["checkpoint"]);
            var pairs = test.Pairs();

            var logits = runner.ScorePairs(pairs);

            Assert.All(pairs.Zip(logits), p => Assert.Equal(reference.Score(p.First), p.Second, Fp16Tolerance));
        }, seed: "0001m4vAXYm3", iter: 15, threads: 1);

    [Fact]
    public void Logits_of_a_random_checkpoint_vary_between_pairs()
    {
        using var temp = new TempFolder();
        var shape = TinyCheckpoints.Shape(layers: 3, heads: 4, headSize: 16, feedForward: 128, vocabulary: 500);
        TinyCheckpoints.Write(temp["checkpoint"], shape, seed: 1);
        using var runner = Import(temp, ModelPrecision.Fp32);
        var random = new Random(7);

        var logits = Enumerable.Range(0, 40)
            .Select(_ => runner.ScorePairs([[0, .. Enumerable.Range(0, 20).Select(_ => random.Next(4, 499)), 2]])[0]).ToArray();

        var mean = logits.Average();
        Assert.InRange(Math.Sqrt(logits.Average(l => (l - mean) * (l - mean))), 0.01, 10);
    }

    private static GraphRunner Import(TempFolder temp, ModelPrecision precision)
    {
        CheckpointImporter.Import(
            temp["checkpoint"], temp["model"], new ImportOptions { Precision = precision }, null, CancellationToken.None);
        return GraphRunner.Load(ModelFolder.Open(temp["model"]).FindGraphPath("padded")!, frugal: false);
    }

    private sealed record Case(ModelShape Shape, string Type, int Shards, int Seed, int[] Lengths)
    {
        public int[][] Pairs()
        {
            var random = new Random(Seed);
            return [.. Lengths.Select(length =>
                Enumerable.Range(0, length).Select(i => i == 0 ? 0 : random.Next(2, Shape.Vocabulary)).ToArray())];
        }
    }
}
