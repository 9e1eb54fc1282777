using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Quantization;
using Reranker.Onnx.Quantization.Static;
using Reranker.Onnx.Tests.Graphs;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Weights;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Quantization.Static;

/// <summary>The explicit INT8 graph, on ONNX Runtime's CPU provider.</summary>
public sealed class StaticInt8Tests : IDisposable
{
    private static readonly ModelShape Shape = TinyCheckpoints.Shape(layers: 3, heads: 4, headSize: 16, feedForward: 128, vocabulary: 500);

    private readonly TempFolder _temp = new();
    private readonly ModelFolder _model;

    public StaticInt8Tests()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], Shape, seed: 5);
        _model = Import("model", ModelPrecision.Int8Qdq);
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_folder_says_that_its_scales_are_placeholders()
    {
        Assert.Equal("int8-qdq", _model.Manifest.Precision);
        Assert.Equal("placeholder", _model.Manifest.Calibration);
        Assert.True(_model.Manifest.HasPlaceholderScales);
        Assert.False(_model.Manifest.OnePairPerRun);
        Assert.Equal(["padded"], _model.Manifest.Graphs.Keys);
        Assert.NotEmpty(_model.Manifest.Probes);
        Assert.Contains("\"calibration\": \"placeholder\"", File.ReadAllText(Path.Combine(_model.Path, "manifest.json")), StringComparison.Ordinal);
        Assert.Null(Import("half", ModelPrecision.Fp16).Manifest.Calibration);
    }

    [Fact]
    public void Calibrated_scales_give_the_scores_of_the_float_model()
    {
        var pairs = Pairs(40);
        var largest = Largest(pairs);
        using var wide = GraphRunner.Load(Import("wide", ModelPrecision.Fp32).FindGraphPath("padded")!, frugal: false);
        using var quantized = Graph(ActivationScales.FromRanges(largest));
        using var tenfold = Graph(ActivationScales.FromRanges(largest.ToDictionary(v => v.Key, v => v.Value.Select(x => x / 10).ToArray())));

        var expected = wide.ScorePairs(pairs);
        Assert.InRange(MeanError(expected, quantized.ScorePairs(pairs)), 1e-6, 0.02 * Spread(expected));

        // The scales decide: ten times too narrow, and the scores are others.
        Assert.True(MeanError(expected, tenfold.ScorePairs(pairs)) > 5 * MeanError(expected, quantized.ScorePairs(pairs)));
    }

    [Fact]
    public void A_score_does_not_depend_on_the_batch()
    {
        var pairs = Pairs(12);
        using var quantized = Graph(ActivationScales.FromRanges(Largest(pairs)));

        var batch = quantized.ScorePairs(pairs, width: 32);

        Assert.All(pairs.Zip(batch), p => Assert.Equal(quantized.ScorePairs([p.First])[0], p.Second, 0.02));
    }

    [Fact]
    public void Every_linear_over_all_tokens_reads_eight_bits_on_both_sides()
    {
        var graph = OnnxReader.Read(_model.FindGraphPath("padded")!);
        var linears = QuantizedLinears.ListInputs(Shape).SelectMany(i => i.Modules.Select(m => (i.Value, Module: m))).ToList();
        Assert.Equal((6 * (Shape.Layers - 1)) + 2, linears.Count);

        foreach (var (value, module) in linears)
        {
            var weight = TensorNames.NameWeight(module);
            var matrix = graph.Initializers[weight];
            Assert.Equal(OnnxType.Int8, matrix.Type);
            var columns = matrix.Dims[1];
            Assert.Equal((OnnxType.Float16, columns), (graph.Initializers[$"{weight}.scale"].Type, graph.Initializers[$"{weight}.scale"].Dims.Single()));

            var wide = graph.Producer($"{weight}/wide");
            Assert.Equal(("DequantizeLinear", weight, $"{weight}.scale"), (wide.Operation, wide.Inputs[0], wide.Inputs[1]));
            Assert.Equal(1, wide.Attributes["axis"]);
            var product = graph.Nodes.Single(n => n.Inputs.Contains($"{weight}/wide"));
            Assert.Equal("MatMul", product.Operation);

            var rounded = graph.Producer(product.Inputs[0]);
            var levels = graph.Producer(rounded.Inputs[0]);
            Assert.Equal(("DequantizeLinear", "QuantizeLinear", value), (rounded.Operation, levels.Operation, levels.Inputs[0]));
            Assert.Equal(OnnxType.Float16, graph.Initializers[levels.Inputs[1]].Type);
            Assert.Equal(OnnxType.Int8, graph.Initializers[levels.Inputs[2]].Type);
        }

        // One pair of nodes an activation, however many read it, and none elsewhere.
        Assert.Equal(QuantizedLinears.ListInputs(Shape).Count(), graph.Nodes.Count(n => n.Operation == "QuantizeLinear"));
        Assert.Equal(OnnxType.Float, graph.Initializers[TensorNames.NameWeight(XlmRobertaTensors.HeadDense)].Type);
        Assert.Equal(OnnxType.Float16, graph.Initializers[XlmRobertaTensors.WordEmbeddings].Type);
    }

    [Fact]
    public void The_weights_are_half_as_large_where_they_are_quantized()
    {
        var half = Import("half", ModelPrecision.Fp16);
        var quantized = QuantizedLinears.ListInputs(Shape).Sum(i => i.Modules.Sum(m => Elements(m)));

        var saved = new FileInfo(half.WeightsPath).Length - new FileInfo(_model.WeightsPath).Length;

        Assert.InRange(saved, 0.8 * quantized, quantized);
    }

    private static long Elements(string module) => XlmRobertaTensors.ListAll(Shape)
        .Single(t => t.Name == TensorNames.NameWeight(module)).Shape.Aggregate(1L, (a, b) => a * b);

    private ModelFolder Import(string name, ModelPrecision precision)
    {
        CheckpointImporter.Import(
            _temp["checkpoint"], _temp[name], new ImportOptions { Precision = precision, Overwrite = true }, null, CancellationToken.None);
        return ModelFolder.Open(_temp[name]);
    }

    // The weights do not depend on the scales, so the imported ones serve every graph.
    private GraphRunner Graph(ActivationScales scales)
    {
        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);
        var path = Path.Combine(_model.Path, $"{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(path, PaddedGraph.Build(
            Shape, new StaticInt8Operators(Shape, scales), StaticInt8Plan.CreatePlan(checkpoint).Layout, Path.GetFileName(_model.WeightsPath)));
        return GraphRunner.Load(path, frugal: false);
    }

    private Dictionary<string, float[]> Largest(int[][] pairs)
    {
        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);
        var wide = Import("wide", ModelPrecision.Fp32);
        var inputs = QuantizedLinears.ListInputs(Shape).ToList();
        var path = Path.Combine(wide.Path, "watched.onnx");
        File.WriteAllBytes(path, PaddedGraph.Build(
            Shape, new FloatOperators(OnnxType.Float), FloatPlan.CreatePlan(checkpoint, OnnxType.Float).Layout,
            Path.GetFileName(wide.WeightsPath), inputs.Select(i => i.Value)));
        return CalibrationRun.MeasureRanges(path, inputs, pairs, CancellationToken.None);
    }

    private static int[][] Pairs(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ =>
            (int[])[0, .. Enumerable.Range(0, random.Next(4, 28)).Select(_ => random.Next(4, 499)), 2])];
    }

    private static double MeanError(float[] expected, float[] actual) => expected.Zip(actual, (a, b) => Math.Abs((double)a - b)).Average();

    private static double Spread(float[] logits) => logits.Max() - logits.Min();
}
