using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Cpu;
using Reranker.Inference.Engines.Cpu.Operators;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families;

public sealed class FusedInt8Tests
{
    // Where a sum is rounded to another level the rest of a pair follows: few pairs are so far apart, most a hundredth of it.
    private const double AnyTolerance = 0.05;
    private const double MostTolerance = 0.005;

    [Theory]
    [InlineData("xlm-roberta")]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("modernbert")]
    [InlineData("modernbert-mean")]
    [InlineData("new")]
    public void The_fused_form_gives_what_the_padded_form_gives(string family)
    {
        using var temp = new TempFolder();
        var shape = TinyCheckpoints.Shape(layers: 3, heads: 2, headSize: 20, feedForward: 48, vocabulary: 270, positions: 200);
        WriteCheckpoint(temp["checkpoint"], family, shape);
        CheckpointImporter.Import(temp["checkpoint"], temp["model"], new ImportOptions { Precision = ModelPrecision.Int8 }, null, CancellationToken.None);
        var model = ModelFolder.Open(temp["model"]);
        using var padded = GraphRunner.Load(model.FindGraphPath("padded")!, frugal: false);
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var fused = CpuOperators.OpenSession(options, () => new InferenceSession(model.FindGraphPath("fused")!, options));
        var random = new Random(7);
        int[][] pairs = [.. Enumerable.Range(1, 24).Select(n => CreatePair(random, 3 + (n * 6)))];

        var differences = pairs.Select(p => Math.Abs(padded.ScorePairs([p])[0] - Score(fused, [p])[0])).Order().ToArray();
        var batch = pairs[3..6];
        var together = padded.ScorePairs(batch).Zip(Score(fused, batch), static (a, b) => Math.Abs(a - b)).Order().ToArray();

        Assert.InRange(differences[^1], 0, AnyTolerance);
        Assert.InRange(differences[differences.Length / 2], 0, MostTolerance);
        Assert.InRange(together[^1], 0, AnyTolerance);
        Assert.InRange(together[1], 0, MostTolerance);
        Assert.True(pairs.Select(p => Score(fused, [p])[0]).Distinct().Count() > pairs.Length / 2);
    }

    [Fact]
    public void A_processor_runs_the_fused_form_where_its_operators_are_fast_and_the_model_has_it()
    {
        using var temp = new TempFolder();
        TinyCheckpoints.Write(temp["checkpoint"], TinyCheckpoints.Shape(), seed: 3);
        foreach (var precision in (ModelPrecision[])[ModelPrecision.Int8, ModelPrecision.Fp32])
        {
            CheckpointImporter.Import(temp["checkpoint"], temp[precision.Name], new ImportOptions { Precision = precision }, null, CancellationToken.None);
        }

        var (int8, fp32) = (ModelFolder.Open(temp["int8"]), ModelFolder.Open(temp["fp32"]));

        Assert.Equal(temp["int8/fused.onnx"], CpuLoader.FindGraphPath(int8, areFast: true));
        Assert.Equal(temp["int8/padded.onnx"], CpuLoader.FindGraphPath(int8, areFast: false));
        Assert.Equal(temp["fp32/padded.onnx"], CpuLoader.FindGraphPath(fp32, areFast: true));
    }

    private static int[] CreatePair(Random random, int length) => [0, .. Enumerable.Range(0, length - 2).Select(_ => random.Next(5, 260)), 2];

    private static float[] Score(InferenceSession session, int[][] pairs)
    {
        var width = pairs.Max(static p => p.Length);
        var (ids, mask) = (new long[pairs.Length * width], new long[pairs.Length * width]);
        Array.Fill(ids, PairLayout.PadId);
        for (var row = 0; row < pairs.Length; row++)
        {
            for (var i = 0; i < pairs[row].Length; i++)
            {
                (ids[(row * width) + i], mask[(row * width) + i]) = (pairs[row][i], 1);
            }
        }

        using var idValue = OrtValue.CreateTensorValueFromMemory(ids, [pairs.Length, width]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [pairs.Length, width]);
        using var run = new RunOptions();
        using var results = session.Run(run, ["input_ids", "attention_mask"], [idValue, maskValue], ["logits"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static void WriteCheckpoint(string folder, string family, ModelShape shape)
    {
        switch (family)
        {
            case "bert":
                FamilyCheckpoints.WriteBert(folder, shape, seed: 3);
                break;
            case "roberta":
                FamilyCheckpoints.WriteRoberta(folder, shape, seed: 3);
                break;
            case "modernbert":
                ModernCheckpoints.Write(folder, shape, seed: 3);
                break;
            case "modernbert-mean":
                ModernCheckpoints.Write(folder, shape, seed: 3, pooling: "mean");
                break;
            case "new":
                FamilyCheckpoints.WriteNew(folder, shape, seed: 3, hasJson: true);
                break;
            default:
                TinyCheckpoints.Write(folder, shape, seed: 3);
                break;
        }
    }
}
