using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Quantization;
using Reranker.Onnx.Quantization.Folding;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Quantization.Static;
using Reranker.Onnx.Verification.Layers;
using Reranker.Onnx.Verification.Source;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Verification;

/// <summary>Models that were not made from the checkpoint that they are held against, each in one place.</summary>
public sealed class BrokenConversionTests : IDisposable
{
    private const string Layer1 = "roberta.encoder.layer.1";

    private static readonly ModelShape Shape = TinyCheckpoints.Shape(layers: 3, heads: 4, headSize: 16, feedForward: 128, vocabulary: 500, positions: 66);
    private static readonly IReadOnlyList<(string Query, string Passage)> Texts = [.. CalibrationPairs.BuiltIn.Pairs.Take(6)];

    private readonly TempFolder _temp = new();

    public BrokenConversionTests() => TinyCheckpoints.Write(_temp["source"], Shape, seed: 5, storedType: "F32");

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("fp32", 80.0)]
    [InlineData("fp16", 40.0)]
    [InlineData("int8-qdq", 6.0)]
    [InlineData("int8", null)]
    [InlineData("fp8", null)]
    public void A_whole_conversion_is_within_the_usual_tolerance(string precision, double? tolerance)
    {
        Import("source", precision);

        var report = Compare("source");

        Assert.Equal((null, tolerance, 6), (report.FirstBeyond, report.Tolerance, report.Pairs));
        Assert.Equal((Shape.Layers * 10) + 2, report.Rows.Count);
        Assert.True(report.Rows[^1].SignalToNoise > (tolerance ?? 6));
    }

    [Fact]
    public void The_pass_of_the_source_is_the_reference_of_the_tests()
    {
        using var pass = new SourceLayers(Checkpoint.Open(_temp["source"], ModelFamilies.All), "source");
        var reference = new ReferenceModel(_temp["source"]);
        foreach (var (query, passage) in Texts)
        {
            var ids = pass.EncodePair(query, passage, 40);
            var logit = float.NaN;
            pass.Run(ids, (value, numbers) => logit = value == "logits" ? numbers[0] : logit);
            Assert.Equal(reference.Score(ids), logit, 1e-5);
        }
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("fp16")]
    [InlineData("int8-qdq")]
    public void A_transposed_weight_is_found_where_it_is(string precision)
    {
        Break(tensors => Transpose(tensors[$"{Layer1}.attention.self.key.weight"], Shape.Hidden));
        Import("broken", precision);

        Assert.Equal("layer.1/attention/key", Compare("broken").FirstBeyond);
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("fp16")]
    [InlineData("fp8")]
    [InlineData("int8")]
    [InlineData("int8-qdq")]
    public void A_missing_bias_is_found_where_it_is(string precision)
    {
        Break(tensors => Array.Clear(tensors[$"{Layer1}.output.dense.bias"]));
        Import("broken", precision);

        Assert.Equal("layer.1/feed_forward/output", Compare("broken").FirstBeyond);
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("int8-qdq")]
    public void Swapped_positions_are_found_where_they_are(string precision)
    {
        Break(tensors =>
        {
            var table = tensors["roberta.embeddings.position_embeddings.weight"];
            for (var row = 0; row + 1 < Shape.Positions; row += 2)
            {
                var a = table.AsSpan(row * Shape.Hidden, Shape.Hidden);
                var b = table.AsSpan((row + 1) * Shape.Hidden, Shape.Hidden);
                var kept = a.ToArray();
                b.CopyTo(a);
                kept.CopyTo(b);
            }
        });
        Import("broken", precision);

        Assert.Equal("embeddings/norm", Compare("broken").FirstBeyond);
    }

    // In eight bits it is less than what all the rounding before it adds up to.
    [Theory]
    [InlineData("fp8")]
    [InlineData("int8")]
    [InlineData("int8-qdq")]
    public void A_weight_that_is_a_tenth_too_large_is_found_where_it_is(string precision)
    {
        Break(tensors =>
        {
            foreach (ref var value in tensors[$"{Layer1}.intermediate.dense.weight"].AsSpan())
            {
                value *= 1.1f;
            }
        });
        Import("broken", precision);

        var report = Compare("broken");

        Assert.Equal("layer.1/feed_forward/input", report.FirstBeyond);
        Assert.Contains("layer.1/feed_forward/input", report.ToTable().Split('\n').Single(l => l.EndsWith("<- first beyond the tolerance", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    // They are in two tokens of each pair alone, which the median does not see.
    [Theory]
    [InlineData("fp16")]
    [InlineData("int8")]
    public void Two_swapped_positions_are_found_at_the_embeddings(string precision)
    {
        Break(tensors =>
        {
            var table = tensors["roberta.embeddings.position_embeddings.weight"];
            table.AsSpan(4 * Shape.Hidden, 2 * Shape.Hidden).Reverse();
            table.AsSpan(4 * Shape.Hidden, Shape.Hidden).Reverse();
            table.AsSpan(5 * Shape.Hidden, Shape.Hidden).Reverse();
        });
        Import("broken", precision);

        Assert.Equal("embeddings/norm", Compare("broken").FirstBeyond);
    }

    [Theory]
    [InlineData("fp8", 24.0)]
    [InlineData("int8", 25.0)]
    [InlineData("int8-qdq", 25.0)]
    public void A_step_is_worked_out_from_the_models_own_numbers(string precision, double tolerance)
    {
        Import("source", precision);

        var report = Compare("source");

        Assert.Equal(tolerance, report.StepTolerance);
        var context = report.Rows.Single(r => r.Value == "layer.2/attention/context");
        Assert.True(context.StepSignalToNoise > 50, "Nothing is rounded to eight bits between query, key, value and context.");
        Assert.True(context.MedianSignalToNoise < 50, "What was rounded before them is in the whole.");
    }

    [Fact]
    public void A_tolerance_that_was_asked_for_is_the_only_one()
    {
        Break(tensors => Array.Clear(tensors[$"{Layer1}.output.dense.bias"]));
        Import("broken", "int8");

        var report = SourceComparison.CompareFolders(
            _temp["source"], _temp["broken-model"], Texts, new SourceComparisonOptions { Longest = 48, Tolerance = -100 }, CancellationToken.None);

        Assert.Equal((null, null), (report.FirstBeyond, report.StepTolerance));
        Assert.All(report.Rows, r => Assert.NotNull(r.StepSignalToNoise));
    }

    [Fact]
    public void A_wrong_scale_is_found_where_it_is()
    {
        // The scale of one matrix's columns, in the finished weights, with a manifest that fits.
        var folder = Import("source", "int8-qdq");
        using var checkpoint = Checkpoint.Open(_temp["source"], ModelFamilies.All);
        var all = ActivationScales.FromRanges(QuantizedLinears.ListInputs(Shape).ToDictionary(i => i.Value, _ => 1f), QuantizedFormat.Int8);
        var entry = StaticInt8Plan.CreatePlan(checkpoint, all, FactorFolding.CreateEmpty(Shape)).Layout[$"{Layer1}.intermediate.dense.weight.scale"];
        var weights = File.ReadAllBytes(folder.WeightsPath);
        for (var i = 0; i < Shape.FeedForward; i++)
        {
            var at = weights.AsSpan((int)entry.Offset + (2 * i));
            BinaryPrimitives.WriteHalfLittleEndian(at, BinaryPrimitives.ReadHalfLittleEndian(at) * (Half)3);
        }

        File.WriteAllBytes(folder.WeightsPath, weights);
        Reseal(folder);

        Assert.Equal("layer.1/feed_forward/input", Compare("source").FirstBeyond);
    }

    [Fact]
    public void Another_tokenizer_is_called_so()
    {
        var folder = Import("source", "fp32");
        File.WriteAllBytes(folder.TokenizerPath, new SentencePieceModel().ToBytes());
        Reseal(folder);

        var report = Compare("source");

        Assert.Equal("tokenizer", report.FirstBeyond);
        Assert.Equal(Texts.Count, report.PairsWithOtherIds);
        Assert.All(report.Rows, r => Assert.False(r.IsBeyond));
    }

    [Fact]
    public void Smoothed_models_are_compared_where_their_numbers_are_the_sources()
    {
        Import("source", "int8-qdq", smoothing: 0.5f);

        var report = Compare("source");

        Assert.Null(report.FirstBeyond);
        Assert.DoesNotContain(report.Rows, r => r.Value.EndsWith("attention/value", StringComparison.Ordinal));
        Assert.Contains(report.Rows, r => r.Value == "layer.2/feed_forward/norm");
    }

    [Fact]
    public void A_report_reads_as_a_table_JSON_and_a_page_that_loads_nothing()
    {
        Break(tensors => Transpose(tensors[$"{Layer1}.attention.self.key.weight"], Shape.Hidden));
        Import("broken", "fp32");
        var report = Compare("broken");

        Assert.Contains("<- first beyond the tolerance", report.ToTable(), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal("layer.1/attention/key", json.RootElement.GetProperty("firstBeyond").GetString());
        var page = LayerPage.Write(report);
        Assert.Contains("First beyond it: <b>layer.1/attention/key</b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("<svg").Length - 1);
    }

    private LayerReport Compare(string name)
        => SourceComparison.CompareFolders(_temp["source"], _temp[$"{name}-model"], Texts, new SourceComparisonOptions { Longest = 48 }, CancellationToken.None);

    private ModelFolder Import(string name, string precision, float? smoothing = null)
    {
        CheckpointImporter.Import(
            _temp[name], _temp[$"{name}-model"],
            new ImportOptions { Precision = ModelPrecision.Parse(precision), Quantization = new QuantizationOptions { Smoothing = smoothing } }, null,
            CancellationToken.None);
        return ModelFolder.Open(_temp[$"{name}-model"]);
    }

    // A checkpoint of the same shape with some tensors changed: what a broken converter would have read.
    private void Break(Action<Dictionary<string, float[]>> change)
    {
        Directory.CreateDirectory(_temp["broken"]);
        foreach (var file in Directory.GetFiles(_temp["source"]))
        {
            File.Copy(file, Path.Combine(_temp["broken"], Path.GetFileName(file)));
        }

        CheckpointEdit.Rewrite(Path.Combine(_temp["broken"], "model.safetensors"), change);
    }

    private static void Transpose(float[] square, int size)
    {
        var turned = new float[square.Length];
        for (var i = 0; i < square.Length; i++)
        {
            turned[(i % size * size) + (i / size)] = square[i];
        }

        turned.CopyTo(square, 0);
    }

    // Sizes, hashes and identity as the files are now.
    private static void Reseal(ModelFolder folder)
    {
        var path = Path.Combine(folder.Path, ModelManifest.FileName);
        var files = folder.Manifest.Files.Select(f => f with
        {
            Bytes = new FileInfo(Path.Combine(folder.Path, f.Name)).Length,
            Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.Path, f.Name)))),
        }).ToList();
        var manifest = folder.Manifest with { Files = files };
        manifest = manifest with { Identity = ModelIdentity.ComputeIdentity(manifest)! };
        File.WriteAllText(path, JsonSerializer.Serialize(manifest, ModelManifestJson.Default.ModelManifest));
        Assert.NotNull(JsonNode.Parse(File.ReadAllText(path)));
    }
}
