using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Quantization.Fp8;
using Reranker.Onnx.Verification;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Quantization.Fp8;

/// <summary>An FP8 model: its packed graph by the contract of its operators, its padded one on ONNX Runtime's CPU provider.</summary>
public sealed class Fp8Tests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(4, 32)]
    [InlineData(2, 64)]
    public void The_packed_graph_gives_the_logits_of_the_padded_one_and_of_the_reference(int heads, int headSize)
    {
        var model = Import(heads, headSize, ModelPrecision.Fp8);
        var pairs = ListPairs(12);
        using var runner = GraphRunner.Load(model.FindGraphPath("padded")!, frugal: false);
        using var unfused = GraphRunner.Load(model.FindGraphPath("padded")!, frugal: true);
        var reference = new ReferenceModel(_temp["checkpoint"]);

        var packed = new PackedEvaluator(model.FindGraphPath("packed")!, roundsHalf: false).Score(pairs);
        var rounded = new PackedEvaluator(model.FindGraphPath("packed")!).Score(pairs);
        var padded = runner.ScorePairs(pairs).Select(l => (double)l).ToArray();
        var exact = pairs.Select(p => reference.Score(p)).ToArray();

        // The same numbers but for a rare e4m3 value that lies in the middle of two.
        Assert.InRange(packed.Zip(padded).Count(l => Math.Abs(l.First - l.Second) > 1e-4), 0, 3);
        Assert.InRange(unfused.ScorePairs(pairs).Zip(padded).Count(l => Math.Abs(l.First - l.Second) > 1e-4), 0, 3);

        // FP8 is near the model, and FP16 between products makes it no worse.
        var spread = exact.Max() - exact.Min();
        Assert.InRange(FindMeanDifference(packed, exact), 1e-4 * spread, 0.1 * spread);
        Assert.InRange(FindMeanDifference(rounded, exact), 1e-4 * spread, 0.1 * spread);
        Assert.All(pairs.Zip(rounded), p => Assert.Equal(new PackedEvaluator(model.FindGraphPath("packed")!).Score([p.First])[0], p.Second));
    }

    [Fact]
    public void Weights_are_e4m3_and_their_largest_value_is_exact()
    {
        var model = Import(4, 16, ModelPrecision.Fp8);
        var graph = new OnnxFile(model.FindGraphPath("packed")!);
        var weights = new ReferenceWeights(_temp["checkpoint"]);
        var joint = graph.Initializers[TensorNames.NameWeight(XlmRobertaTensors.NameQueryKeyValue(0))];
        Assert.Equal([3 * 64L, 64L], joint.Dims);

        // Queries, keys and values one behind another, each as the checkpoint has it, with one scale.
        double[] source = [.. Fp8Inputs.ListProjections(0).SelectMany(m => weights[TensorNames.NameWeight(m)])];
        var scale = source.Max(Math.Abs) / 448;
        Assert.All(
            joint.Values.Zip(source),
            w => Assert.Equal(w.Second, E4M3Reference.Decode((int)w.First) * scale, Math.Max(Math.Abs(w.Second) / 15.9, scale / 900)));
        Assert.Contains(joint.Values, code => Math.Abs(E4M3Reference.Decode((int)code)) == 448);
    }

    [Fact]
    public void The_folder_says_what_it_was_calibrated_on_and_is_half_of_FP16()
    {
        var half = Import(4, 16, ModelPrecision.Fp16);
        var halfBytes = new FileInfo(half.WeightsPath).Length;
        var model = Import(4, 16, ModelPrecision.Fp8);

        Assert.Equal("fp8", model.Manifest.Precision);
        Assert.Equal("max", model.Manifest.Calibration);
        Assert.Equal(["packed", "padded"], model.Manifest.Graphs.Keys.Order());
        Assert.False(model.Manifest.HasPlaceholderScales);
        Assert.NotEmpty(model.Manifest.Probes);
        Assert.InRange(halfBytes - new FileInfo(model.WeightsPath).Length, CountEncoderWeights(), 1.25 * CountEncoderWeights());
        Assert.Equal(["calibration.json", "manifest.json", "packed.onnx", "padded.onnx", "sentencepiece.bpe.model", "weights.bin"], Directory.GetFiles(model.Path).Select(f => Path.GetFileName(f)!).Order());
    }

    [Theory]
    [InlineData(4, 32)]
    [InlineData(2, 64)]
    public void The_joint_FP16_form_gives_the_logits_of_the_reference_from_the_weights_of_the_others(int heads, int headSize)
    {
        var model = Import(heads, headSize, ModelPrecision.Fp16);
        var reference = new ReferenceModel(_temp["checkpoint"]);
        var pairs = ListPairs(8);

        var joint = new PackedEvaluator(model.FindGraphPath("packed")!).Score(pairs);

        Assert.All(pairs.Zip(joint), p => Assert.Equal(reference.Score(p.First), p.Second, 0.02));
    }

    private static long CountEncoderWeights() => 2 * ((4 * 64 * 64) + (2 * 64 * 256));

    private ModelFolder Import(int heads, int headSize, ModelPrecision precision)
    {
        var shape = TinyCheckpoints.Shape(layers: 2, heads, headSize, feedForward: 4 * heads * headSize, vocabulary: 500, positions: 80);
        if (!Directory.Exists(_temp["checkpoint"]))
        {
            TinyCheckpoints.Write(_temp["checkpoint"], shape, seed: 5);
        }

        CheckpointImporter.Import(
            _temp["checkpoint"], _temp[precision.Name], new ImportOptions { Precision = precision, MeasuredForms = true }, null, CancellationToken.None);
        return ModelFolder.Open(_temp[precision.Name]);
    }

    private static int[][] ListPairs(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => (int[])[0, .. Enumerable.Range(0, random.Next(4, 28)).Select(_ => random.Next(4, 499)), 2])];
    }

    private static double FindMeanDifference(IEnumerable<double> a, IEnumerable<double> b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average();
}
