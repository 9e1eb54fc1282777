using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families;

/// <summary>What holds of the graphs of every family with rotary positions, against its forward pass.</summary>
internal static class FamilyChecks
{
    /// <summary>Pairs of random ids in a template.</summary>
    public static int[][] CreatePairs(PairTemplate template, int seed, ModelShape shape, int[] lengths)
    {
        var random = new Random(seed);
        return [.. lengths.Select(length =>
        {
            var pair = Enumerable.Range(0, length).Select(_ => random.Next(5, shape.Vocabulary)).ToArray();
            template.WriteQueryAndSpecialTokens(pair.AsSpan(1, random.Next(1, length - template.SpecialTokens)).ToArray(), pair);
            return pair;
        })];
    }

    /// <summary>The padded graph gives each pair what the forward pass does, alone and among neighbours.</summary>
    /// <param name="checkpoint">The checkpoint folder; the model is made beside it.</param>
    /// <param name="score">The forward pass.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="width">Tokens that a row of their batch has.</param>
    public static void AssertPaddedAgrees(string checkpoint, Func<int[], double> score, int[][] pairs, int width)
    {
        using var runner = GraphRunner.Load(Import(checkpoint, ModelPrecision.Fp32).FindGraphPath("padded")!, frugal: false);

        var batch = runner.ScorePairs(pairs, width);

        for (var i = 0; i < pairs.Length; i++)
        {
            var expected = score(pairs[i]);
            Assert.Equal(expected, runner.ScorePairs([pairs[i]])[0], 1e-4);
            Assert.Equal(expected, batch[i], 1e-4);
        }
    }

    /// <summary>So does the packed graph by the contract of its operators.</summary>
    /// <inheritdoc cref="AssertPaddedAgrees"/>
    public static void AssertPackedAgrees(string checkpoint, Func<int[], double> score, int[][] pairs)
    {
        var packed = new PackedEvaluator(Import(checkpoint, ModelPrecision.Fp16).FindGraphPath("packed")!, roundsHalf: false);

        var batch = packed.Score(pairs);

        Assert.All(pairs.Zip(batch), p => Assert.Equal(score(p.First), p.Second, 1e-4));
        Assert.Equal(batch[0], packed.Score([pairs[0]])[0], 1e-9);
    }

    /// <summary>FP16 and both kinds of INT8 have a padded graph, the one for CPUs a fused one beside it, and stay near the forward pass.</summary>
    /// <inheritdoc cref="AssertPaddedAgrees"/>
    public static void AssertOthersAreNear(string checkpoint, Func<int[], double> score, int[][] pairs)
    {
        foreach (var (precision, tolerance) in new[] { (ModelPrecision.Fp16, 0.02), (ModelPrecision.Int8, 0.25), (ModelPrecision.Int8Qdq, 0.25) })
        {
            var model = Import(checkpoint, precision);
            using var runner = GraphRunner.Load(model.FindGraphPath("padded")!, frugal: false);

            Assert.Equal(precision == ModelPrecision.Int8 ? ["fused", "padded"] : ["padded"], model.Manifest.Graphs.Keys.Order());
            Assert.All(pairs, p => Assert.Equal(score(p), runner.ScorePairs([p])[0], tolerance));
        }
    }

    /// <summary>FP8 gives nearly the same in both forms, and its distance from the forward pass is within a share of what logits differ by.</summary>
    /// <inheritdoc cref="AssertPaddedAgrees"/>
    public static void AssertFp8IsNear(string checkpoint, Func<int[], double> score, int[][] pairs, double share)
    {
        var model = Import(checkpoint, ModelPrecision.Fp8);
        using var runner = GraphRunner.Load(model.FindGraphPath("padded")!, frugal: false);

        double[] padded = [.. pairs.Select(p => (double)runner.ScorePairs([p])[0])];
        var packed = new PackedEvaluator(model.FindGraphPath("packed")!, roundsHalf: false).Score(pairs);
        double[] exact = [.. pairs.Select(score)];

        // The same numbers but for a rare e4m3 value that lies in the middle of two.
        Assert.InRange(packed.Zip(padded).Count(l => Math.Abs(l.First - l.Second) > 1e-4), 0, 2);
        var spread = exact.Max() - exact.Min();
        Assert.InRange(packed.Zip(exact, (a, b) => Math.Abs(a - b)).Average(), 1e-4 * spread, share * spread);
    }

    private static ModelFolder Import(string checkpoint, ModelPrecision precision)
    {
        var model = $"{checkpoint}-{precision.Name}";
        CheckpointImporter.Import(checkpoint, model, new ImportOptions { Precision = precision }, null, CancellationToken.None);
        return ModelFolder.Open(model);
    }
}
