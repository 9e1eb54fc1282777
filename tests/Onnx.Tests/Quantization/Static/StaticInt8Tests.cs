using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Quantization;
using Reranker.Onnx.Quantization.Folding;
using Reranker.Onnx.Quantization.Ranges;
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
    public void The_folder_says_how_and_on_what_it_was_calibrated()
    {
        var manifest = _model.Manifest;
        Assert.Equal("int8-qdq", manifest.Precision);
        Assert.Equal("percentile 99.99", manifest.Calibration);
        Assert.False(manifest.HasPlaceholderScales);
        Assert.False(manifest.OnePairPerRun);
        Assert.Equal(["padded"], manifest.Graphs.Keys);
        Assert.NotEmpty(manifest.Probes);
        Assert.Equal(("built-in", CalibrationPairs.BuiltIn.Text.Sha256, 60), (manifest.Quantization!.Text, manifest.Quantization.TextSha256, manifest.Quantization.Pairs));
        Assert.Null(Import("half", ModelPrecision.Fp16).Manifest.Calibration);

        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_model.Path, "calibration.json")));
        Assert.Contains(manifest.Files, f => f.Name == "calibration.json");
        var values = file.RootElement.GetProperty("values").EnumerateArray().ToDictionary(v => v.GetProperty("name").GetString()!);
        Assert.Equal(QuantizedLinears.ListInputs(Shape).Select(i => i.Value), values.Keys);
        var gelu = values["layer.0/feed_forward/gelu"];
        Assert.InRange(gelu.GetProperty("range").GetSingle(), 1e-3f, gelu.GetProperty("max").GetSingle());
    }

    [Fact]
    public void Calibrated_scales_give_the_scores_of_the_float_model()
    {
        var pairs = Pairs(40);
        using var wide = GraphRunner.Load(Import("wide", ModelPrecision.Fp32).FindGraphPath("padded")!, frugal: false);
        var scales = ActivationScales.FromStatistics(Statistics(), QuantizedFormat.Int8, new RangeRule(RangeMethod.Max), new HashSet<string>());
        var narrow = QuantizedLinears.ListInputs(Shape).ToDictionary(i => i.Value, i => scales[i.Value] * 127 / 10);
        using var quantized = Graph(scales);
        using var tenfold = Graph(ActivationScales.FromRanges(narrow, QuantizedFormat.Int8));

        var expected = wide.ScorePairs(pairs);
        Assert.InRange(MeanError(expected, quantized.ScorePairs(pairs)), 1e-6, 0.05 * Spread(expected));

        // The scales decide: ten times too narrow, and the scores are others.
        Assert.True(MeanError(expected, tenfold.ScorePairs(pairs)) > 5 * MeanError(expected, quantized.ScorePairs(pairs)));
    }

    [Fact]
    public void Factors_in_the_weights_change_no_score_of_a_graph_without_quantization()
    {
        var pairs = Pairs(20);
        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);
        var factors = SmoothingFactors.ComputeFactors(checkpoint, Statistics(), 0.7f);
        Assert.Equal((2 * Shape.Layers) + Shape.Layers - 2, factors.Count);
        Assert.All(factors.Values, f => Assert.True(f.Max() / f.Min() > 1.2f));
        using var half = GraphRunner.Load(Import("half", ModelPrecision.Fp16).FindGraphPath("padded")!, frugal: false);

        // No value has a scale, so all of it is FP16: what is left of the difference is rounding.
        var none = ActivationScales.FromRanges(new Dictionary<string, float>(), QuantizedFormat.Int8);
        using var folded = Graph(none, new FactorFolding(Shape, factors));

        var (expected, actual) = (half.ScorePairs(pairs), folded.ScorePairs(pairs));
        Assert.InRange(MeanError(expected, actual), 1e-7, 2e-3 * Spread(expected));
    }

    [Fact]
    public void Kept_values_stay_wide()
    {
        var model = Import("kept", ModelPrecision.Int8Qdq, new QuantizationOptions { Keep = ["layer.0/*", "*/gelu"], Smoothing = 0.5f });

        var graph = OnnxReader.Read(model.FindGraphPath("padded")!);
        Assert.Equal(QuantizedLinears.ListInputs(Shape).Count() - 5, graph.Nodes.Count(n => n.Operation == "QuantizeLinear"));
        Assert.Equal(
            ["layer.0/attention/context", "layer.0/attention/norm", "layer.0/feed_forward/gelu", "layer.0/feed_forward/norm", "layer.1/feed_forward/gelu"],
            model.Manifest.Quantization!.Kept);
        Assert.Equal(OnnxType.Float16, graph.Initializers[TensorNames.NameWeight(XlmRobertaTensors.NameFeedForwardOutput(1))].Type);
        Assert.Equal(0.5f, model.Manifest.Quantization.Smoothing);

        var error = Assert.Throws<QuantizationException>(() => Import("none", ModelPrecision.Int8Qdq, new QuantizationOptions { Keep = ["layer.9/*"] }));
        Assert.StartsWith("'layer.9/*' names no value that is quantized; they are embeddings/norm, layer.0/attention/context", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_score_does_not_depend_on_the_batch()
    {
        var pairs = Pairs(12);
        using var quantized = Graph(ActivationScales.FromStatistics(Statistics(), QuantizedFormat.Int8, new RangeRule(RangeMethod.Max), new HashSet<string>()));

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

        // The FP16 model also has the biases that packed forms read.
        Assert.InRange(saved, 0.8 * quantized, 1.05 * quantized);
    }

    private static long Elements(string module) => XlmRobertaTensors.ListAll(Shape)
        .Single(t => t.Name == TensorNames.NameWeight(module)).Shape.Aggregate(1L, (a, b) => a * b);

    private ModelFolder Import(string name, ModelPrecision precision, QuantizationOptions? quantization = null)
    {
        CheckpointImporter.Import(
            _temp["checkpoint"], _temp[name],
            new ImportOptions { Precision = precision, Overwrite = true, Quantization = quantization ?? new QuantizationOptions() }, null, CancellationToken.None);
        return ModelFolder.Open(_temp[name]);
    }

    private GraphRunner Graph(ActivationScales scales, FactorFolding? folding = null)
    {
        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);
        folding ??= FactorFolding.CreateEmpty(Shape);
        var plan = StaticInt8Plan.CreatePlan(checkpoint, scales, folding);
        var name = Guid.NewGuid().ToString("N");
        plan.WriteFile(Path.Combine(_model.Path, $"{name}.bin"), null, CancellationToken.None);
        var path = Path.Combine(_model.Path, $"{name}.onnx");
        File.WriteAllBytes(path, PaddedGraph.Build(Shape, new StaticInt8Operators(Shape, scales, folding), plan.Layout, $"{name}.bin"));
        return GraphRunner.Load(path, frugal: false);
    }

    private CalibrationStatistics Statistics()
    {
        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);
        using var calibration = CheckpointCalibration.Prepare(
            checkpoint, QuantizedLinears.ListInputs(Shape), _model.Path, CalibrationPairs.BuiltIn, null, CancellationToken.None);
        return calibration.MeasureValues(null, null, CancellationToken.None);
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
