using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Import;

/// <summary>One folder with a model in several precisions.</summary>
public sealed class SeveralPrecisionsTests : IDisposable
{
    private static readonly ModelShape Shape = TinyCheckpoints.Shape(layers: 2, heads: 4, headSize: 16, feedForward: 256, vocabulary: 500, positions: 80);

    private readonly TempFolder _temp = new();

    public SeveralPrecisionsTests() => TinyCheckpoints.Write(_temp["checkpoint"], Shape, seed: 5);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Each_precision_scores_as_it_does_alone_and_has_an_identity_of_its_own()
    {
        ModelPrecision[] all = [.. ModelPrecision.All];
        var folder = Import("all", new ImportOptions { Precisions = all, Gate = false });
        var pairs = ListPairs();

        Assert.Equal(all.Select(p => p.Name), folder.ListPrecisions().Select(f => f.Manifest.Precision));
        Assert.Equal(all.Length, folder.ListPrecisions().Select(f => f.Manifest.Identity).Distinct().Count());
        Assert.All(all, precision =>
        {
            var alone = Import(precision.Name, new ImportOptions { Precision = precision });
            using var expected = GraphRunner.Load(alone.FindGraphPath("padded")!, frugal: true);
            using var actual = GraphRunner.Load(folder.WithPrecision(precision.Name).FindGraphPath("padded")!, frugal: true);
            Assert.Equal(pairs.Select(p => expected.ScorePairs([p])[0]), pairs.Select(p => actual.ScorePairs([p])[0]));
            Assert.Equal(alone.Manifest.Graphs.Keys.Order(), folder.WithPrecision(precision.Name).Manifest.Graphs.Keys.Order());
        });
    }

    [Fact]
    public void What_is_equal_is_stored_once()
    {
        var folder = Import("both", new ImportOptions { Precisions = [ModelPrecision.Fp8, ModelPrecision.Fp16], Gate = false });
        var half = Import("half", new ImportOptions { Precision = ModelPrecision.Fp16 });

        // Whatever order was asked for, the least rounded comes first.
        Assert.Equal("fp16", folder.Manifest.Precision);
        Assert.All(folder.ListPrecisions(), f => Assert.Equal("weights.shared.bin", f.Manifest.SharedWeights));
        long Measure(string file) => folder.Manifest.Files.Single(f => f.Name == file).Bytes;
        var matrices = 2L * ((4 * 64 * 64) + (2 * 64 * 256));
        Assert.Equal(matrices, Measure("weights.fp8.bin"));
        Assert.InRange(Measure("weights.fp16.bin"), 2 * matrices, (2 * matrices) + 4096);

        // No more than FP16 alone, which has more gaps before its matrices.
        Assert.InRange(Measure("weights.shared.bin") + Measure("weights.fp16.bin"), 0.8 * new FileInfo(half.WeightsPath).Length, new FileInfo(half.WeightsPath).Length);
        Assert.Equal(Measure("weights.shared.bin") + matrices, folder.WithPrecision("fp8").CountWeightBytes());
        Assert.Equal(new FileInfo(half.WeightsPath).Length, half.CountWeightBytes());
        var packed = new OnnxFile(folder.WithPrecision("fp8").FindGraphPath("packed")!);
        Assert.Equal(
            new OnnxFile(half.FindGraphPath("packed")!).Initializers[XlmRobertaTensors.WordEmbeddings].Values,
            packed.Initializers[XlmRobertaTensors.WordEmbeddings].Values);
        Assert.Equal(["shared", "fp16", "fp8"], Directory.GetFiles(folder.Path, "*.bin").Select(f => Path.GetFileName(f).Split('.')[1]).OrderByDescending(f => f.Length).ThenBy(f => f));
    }

    [Fact]
    public void Quantized_precisions_are_compared_with_FP32_unless_that_is_skipped()
    {
        var folder = Import("gate", new ImportOptions { Precisions = [ModelPrecision.Fp16, ModelPrecision.Fp8, ModelPrecision.Int8Qdq] });

        Assert.Null(folder.WithPrecision("fp16").Manifest.Gate);
        var gate = folder.WithPrecision("fp8").Manifest.Gate!;
        Assert.Equal((GateTexts.Name, GateTexts.Queries.Count, GateTexts.Queries.Count * GateTexts.Passages.Count), (gate.Data, gate.Queries, gate.Pairs));
        Assert.InRange(gate.Overlap, 0.1, 1);
        Assert.InRange(gate.KendallTau, 0.1, 1);

        Assert.Equal(gate.Pairs, folder.WithPrecision("int8-qdq").Manifest.Gate!.Pairs);
        Assert.Contains("calibration.int8-qdq.json", Directory.GetFiles(folder.Path).Select(f => Path.GetFileName(f)));
        Assert.DoesNotContain(Directory.GetFiles(folder.Path), f => Path.GetFileName(f).StartsWith("reference", StringComparison.Ordinal));

        Assert.Null(Import("alone", new ImportOptions { Precision = ModelPrecision.Fp8 }).Manifest.Gate);
        Assert.NotNull(Import("asked", new ImportOptions { Precision = ModelPrecision.Fp8, Gate = true, GateTime = TimeSpan.Zero }).Manifest.Gate);
    }

    // A build from before reads the format once the rest is as it knows it.
    [Fact]
    public void A_build_that_knows_one_precision_a_folder_reads_far_enough_to_refuse_it()
    {
        var folder = Import("both", new ImportOptions { Precisions = [ModelPrecision.Fp16, ModelPrecision.Fp8], Gate = false });
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "manifest.json")))!.AsObject();

        Assert.Equal(2, manifest["format"]!.GetValue<int>());
        manifest.Remove("precisions");
        var old = manifest.Deserialize(ModelManifestJson.Default.ModelManifest)!;
        Assert.Equal(folder.WithPrecision("fp16").Manifest.Identity, ModelIdentity.ComputeIdentity(old));
    }

    [Fact]
    public void What_the_list_says_is_held_to_the_files()
    {
        var folder = Import("both", new ImportOptions { Precisions = [ModelPrecision.Fp16, ModelPrecision.Fp8], Gate = false });
        var path = Path.Combine(folder.Path, "manifest.json");
        var text = File.ReadAllText(path);

        AssertRefused(text, m => m["precisions"]![1]!["weights"] = "weights.fp16.bin", "was changed");
        AssertRefused(text, m => m["precisions"]![1]!.AsObject().Remove("sharedWeights"), "was changed");
        AssertRefused(text, m => m["precisions"]![1]!["precision"] = "fp16", "two different precisions");
        AssertRefused(text, m => m["precisions"]![1]!["precision"] = "fp4", "precision 'fp4'");
        AssertRefused(text, m => m["precisions"]!.AsArray().RemoveAt(0), "two different precisions");
        AssertRefused(text, m => m["precision"] = "fp8", "first precision");
        AssertRefused(text, m => m["precisions"]![1]!["graphs"]!["packed"] = "other.onnx", "does not list that file");

        File.WriteAllText(path, text);
        Assert.Contains("and not int8", Assert.Throws<ModelFolderException>(() => folder.WithPrecision("int8")).Message, StringComparison.Ordinal);

        void AssertRefused(string original, Action<JsonNode> change, string reason)
        {
            var manifest = JsonNode.Parse(original)!;
            change(manifest);
            File.WriteAllText(path, manifest.ToJsonString());
            Assert.Contains(reason, Assert.Throws<ModelFolderException>(() => ModelFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
        }
    }

    private ModelFolder Import(string name, ImportOptions options)
    {
        CheckpointImporter.Import(_temp["checkpoint"], _temp[name], options, null, CancellationToken.None);
        return ModelFolder.Open(_temp[name]);
    }

    private static int[][] ListPairs()
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, 4).Select(_ => (int[])[0, .. Enumerable.Range(0, random.Next(4, 28)).Select(_ => random.Next(4, 499)), 2])];
    }
}
