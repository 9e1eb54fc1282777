using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Foreign;

/// <summary>ONNX files as optimum writes them become models whose scores are the checkpoint's.</summary>
public sealed class OnnxImporterTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private static readonly ModelShape Shape = TinyCheckpoints.Shape(layers: 2, heads: 2, headSize: 8, feedForward: 24, vocabulary: 270, positions: 40);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("bert", true, 1, null)]
    [InlineData("bert", true, 2, "model.onnx_data")]
    [InlineData("bert", false, 1, "model.onnx_data")]
    [InlineData("roberta", false, 1, null)]
    [InlineData("roberta", false, 2, null)]
    [InlineData("xlm-roberta", true, 1, "model.onnx_data")]
    [InlineData("modernbert", false, 1, null)]
    public void Scores_are_those_of_the_checkpoint_alone_and_among_neighbours(string family, bool hasTokenTypes, int labels, string? weightsFile)
    {
        WriteCheckpoint(family);
        var source = new OptimumFolder { HasTokenTypes = hasTokenTypes, Labels = labels, WeightsFile = weightsFile };
        var manifest = Import(source);
        var model = ModelFolder.Open(_temp["model"]);
        Func<int[], double> score = family == "modernbert" ? new ModernReference(_temp["checkpoint"]).Score : new ReferenceModel(_temp["checkpoint"]).Score;
        var template = TextTokenizers.Load(model).Template;
        var pairs = new[] { 7, 12, 25, 30 }.Select((length, i) => ModelProbes.CreatePair(new Random(i), template, length, Shape.Vocabulary)).ToArray();

        using var engine = EngineFactory.CreateDefault(NullLoggerFactory.Instance).Load(model, new EngineOptions { Engine = EngineKind.Cpu, CalibrationTime = TimeSpan.Zero });
        using var lane = engine.CreateLane();
        var logits = new float[pairs.Length];
        lane.Run([.. pairs.Select(p => (ReadOnlyMemory<int>)p)], logits);
        using var runner = GraphRunner.Load(model.FindGraphPath("padded")!, frugal: true);
        var batch = runner.ScorePairs(pairs);

        for (var i = 0; i < pairs.Length; i++)
        {
            var expected = score(pairs[i]);
            Assert.Equal(expected, logits[i], Tolerance);
            Assert.Equal(expected, batch[i], Tolerance);
        }

        Assert.Equal("fp32", manifest.Precision);
        Assert.Equal(family, manifest.Family);
        Assert.Equal(ModelManifest.FamilyFormat, manifest.Format);
        Assert.NotEmpty(manifest.Probes);
        Assert.Equal(weightsFile ?? "padded.onnx", manifest.Weights);
        Assert.Contains(manifest.Source, f => f.Name == "model.onnx");
    }

    [Theory]
    [InlineData("fp16", false)]
    [InlineData("int8", true)]
    [InlineData("int8-qdq", false)]
    public void The_precision_is_told_from_the_graph(string precision, bool onePairPerRun)
    {
        WriteCheckpoint("bert");
        var manifest = Import(new OptimumFolder { HasTokenTypes = true, Precision = ModelPrecision.Parse(precision) });

        Assert.Equal(precision, manifest.Precision);
        Assert.Equal(onePairPerRun, manifest.OnePairPerRun);
        Assert.NotEmpty(ModelFolder.Open(_temp["model"]).Manifest.Probes);
    }

    [Fact]
    public void A_folder_is_foreign_where_no_checkpoint_is_in_it()
    {
        WriteCheckpoint("bert");
        new OptimumFolder { File = "onnx/model.onnx" }.Write(_temp["checkpoint"], _temp["optimum"]);
        Assert.True(OnnxImporter.IsForeign(_temp["optimum"]));
        Assert.False(OnnxImporter.IsForeign(_temp["checkpoint"]));

        File.Copy(_temp["checkpoint/model.safetensors"], _temp["optimum/model.safetensors"]);
        Assert.False(OnnxImporter.IsForeign(_temp["optimum"]));
    }

    [Fact]
    public void Of_several_files_one_is_named()
    {
        WriteCheckpoint("bert");
        new OptimumFolder { File = "onnx/model.onnx" }.Write(_temp["checkpoint"], _temp["optimum"]);
        new OptimumFolder { File = "onnx/model_quantized.onnx", Precision = ModelPrecision.Int8 }.Write(_temp["checkpoint"], _temp["optimum"]);

        var error = Assert.Throws<CheckpointException>(() => Import(_temp["optimum"], null));
        Assert.Equal("has several ONNX files: onnx/model.onnx, onnx/model_quantized.onnx; say which one with --file of 'reranker import', such as --file onnx/model.onnx", error.Reason);
        Assert.Equal("int8", Import(_temp["optimum"], "onnx/model_quantized.onnx").Precision);
        Directory.Delete(_temp["model"], recursive: true);
        Assert.Equal("fp32", Import(_temp["optimum"] + "/", "onnx/model.onnx").Precision);
        error = Assert.Throws<CheckpointException>(() => Import(_temp["optimum"], "../checkpoint/config.json"));
        Assert.Equal("has no '../checkpoint/config.json'; its ONNX files are onnx/model.onnx, onnx/model_quantized.onnx", error.Reason);
    }

    [Fact]
    public void A_probe_finds_a_graph_that_was_changed_behind_its_hash()
    {
        WriteCheckpoint("bert");
        Import(new OptimumFolder { WeightsFile = "model.onnx_data" });
        using (var weights = new FileStream(_temp["model/model.onnx_data"], FileMode.Open))
        {
            weights.Position = weights.Length / 2;
            weights.WriteByte(0x7f);
        }

        Assert.Contains("was changed", Assert.Throws<ModelFolderException>(() => ModelFolder.Open(_temp["model"])).Reason, StringComparison.Ordinal);
    }

    private void WriteCheckpoint(string family)
    {
        switch (family)
        {
            case "bert": FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 3); break;
            case "roberta": FamilyCheckpoints.WriteRoberta(_temp["checkpoint"], Shape, seed: 3); break;
            case "modernbert": ModernCheckpoints.Write(_temp["checkpoint"], Shape, seed: 3); break;
            default: TinyCheckpoints.Write(_temp["checkpoint"], Shape, seed: 3, storedType: "F32"); break;
        }
    }

    private ModelManifest Import(OptimumFolder source)
    {
        source.Write(_temp["checkpoint"], _temp["optimum"]);
        return Import(_temp["optimum"], null);
    }

    private ModelManifest Import(string folder, string? file)
        => OnnxImporter.Import(folder, file, _temp["model"], new ImportOptions { Name = "tiny" }, null, TestContext.Current.CancellationToken);
}
