using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Import;

public sealed class CheckpointImporterTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TempFolder _temp = new();

    public CheckpointImporterTests() => TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1, storedType: "F32");

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("fp32")]
    [InlineData("fp16")]
    [InlineData("int8")]
    public void The_folder_opens_with_its_files_sources_and_probes(string precision)
    {
        var written = Import(new ImportOptions { Precision = ModelPrecision.Parse(precision), Name = "tiny" });

        var manifest = ModelFolder.Open(_temp["model"]).Manifest;

        Assert.Equal(written.Identity, manifest.Identity);
        Assert.Equal(("tiny", precision, 32), (manifest.Name, manifest.Precision, manifest.MaxPairTokens));
        Assert.Equal(precision == ModelPrecision.Int8.Name, manifest.OnePairPerRun);
        var other = precision == ModelPrecision.Int8.Name ? "fused.onnx" : "packed.onnx";
        Assert.Equal(["padded.onnx", other, "weights.bin", "sentencepiece.bpe.model"], manifest.Files.Select(f => f.Name));
        Assert.Equal(["config.json", "sentencepiece.bpe.model", "model.safetensors"], manifest.Source.Select(f => f.Name));
        Assert.All(manifest.Probes, p => Assert.InRange(p.Ids.Length, 5, 32));
        Assert.NotEmpty(manifest.Probes);
    }

    [Fact]
    public void The_identity_covers_weights_precision_and_limits_but_not_the_name()
    {
        var first = Import(new ImportOptions { Name = "a" });
        TinyCheckpoints.Write(_temp["other"], TinyCheckpoints.Shape(), seed: 2, storedType: "F32");

        Assert.Equal(first.Identity, Import(new ImportOptions { Name = "b", Overwrite = true }).Identity);
        Assert.NotEqual(first.Identity, Import(new ImportOptions { Precision = ModelPrecision.Fp32, Overwrite = true }).Identity);
        Assert.NotEqual(first.Identity, Import(new ImportOptions { MaxPairTokens = 20, Overwrite = true }).Identity);
        Assert.NotEqual(first.Identity, Import(new ImportOptions { Overwrite = true }, "other").Identity);
    }

    [Fact]
    public void An_import_that_ends_at_any_point_leaves_nothing()
    {
        var points = 0;
        Import(new ImportOptions(), progress: new Watch(_ => points++));
        Directory.Delete(_temp["model"], recursive: true);

        for (var end = 1; end <= points; end++)
        {
            using var cancelled = new CancellationTokenSource();
            var seen = 0;
            var watch = new Watch(_ =>
            {
                // What a process that is killed here would leave must not open either.
                Assert.All(Directory.GetDirectories(_temp.Path, "model*"), d => Assert.Throws<ModelFolderException>(() => ModelFolder.Open(d)));
                if (++seen == end)
                {
                    cancelled.Cancel();
                }
            });

            Assert.ThrowsAny<OperationCanceledException>(() => CheckpointImporter.Import(
                _temp["checkpoint"], _temp["model"], new ImportOptions(), watch, cancelled.Token));
            Assert.Empty(Directory.GetDirectories(_temp.Path, "model*"));
        }
    }

    [Fact]
    public void A_model_is_replaced_only_when_that_was_said_and_survives_a_failed_import()
    {
        var first = Import(new ImportOptions());

        Assert.Throws<ModelFolderException>(() => Import(new ImportOptions()));
        PoisonLastWeight(BitConverter.GetBytes(float.NaN));
        Assert.Throws<CheckpointException>(() => Import(new ImportOptions { Overwrite = true }));

        Assert.Equal(first.Identity, ModelFolder.Open(_temp["model"]).Manifest.Identity);
        Assert.Equal(["checkpoint", "model"], Directory.GetDirectories(_temp.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_folder_of_other_things_is_never_replaced()
    {
        Directory.CreateDirectory(_temp["model"]);
        File.WriteAllText(Path.Combine(_temp["model"], "thesis.txt"), "years of work");

        Assert.Throws<ModelFolderException>(() => Import(new ImportOptions { Overwrite = true }));

        Assert.True(File.Exists(Path.Combine(_temp["model"], "thesis.txt")));
    }

    [Theory]
    [InlineData(float.NaN, "fp32", "not finite")]
    [InlineData(float.NegativeInfinity, "fp16", "not finite")]
    [InlineData(70_000f, "fp16", "70000")]
    [InlineData(float.NaN, "int8", "not finite")]
    public void A_weight_that_the_precision_cannot_hold_is_refused_by_name(float value, string precision, string reason)
    {
        PoisonLastWeight(BitConverter.GetBytes(value), tensor: "roberta.encoder.layer.1.attention.self.query.bias");

        var error = Assert.Throws<CheckpointException>(() => Import(new ImportOptions { Precision = ModelPrecision.Parse(precision) }));

        Assert.Equal("model.safetensors", Path.GetFileName(error.File));
        Assert.Contains("tensor 'roberta.encoder.layer.1.attention.self.query.bias' holds", error.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(33)]
    public void A_limit_that_the_model_cannot_have_is_refused(int maxPairTokens)
        => Assert.Throws<CheckpointException>(() => Import(new ImportOptions { MaxPairTokens = maxPairTokens }));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(" mini")]
    [InlineData("a\nb")]
    [InlineData("*")]
    [InlineData("default/not-specified")]
    [InlineData("2024")]
    [InlineData("e7e8817e00000000000000000000000000000000000000000000000000000000")]
    public void A_name_that_requests_cannot_mean_is_refused(string name)
    {
        var error = Assert.Throws<CheckpointException>(() => Import(new ImportOptions { Name = name }));

        Assert.Contains("name", error.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temp["model"]));
    }

    [Fact]
    public void A_folder_whose_name_is_reserved_asks_for_another()
    {
        Directory.Move(_temp["checkpoint"], _temp["42"]);

        Assert.Contains("--name", Assert.Throws<CheckpointException>(() => Import(new ImportOptions(), "42")).Reason, StringComparison.Ordinal);
        Assert.Equal("BAAI/bge:v2", Import(new ImportOptions { Name = "BAAI/bge:v2" }, "42").Name);
    }

    private ModelManifest Import(ImportOptions options, string checkpoint = "checkpoint", IProgress<ImportProgress>? progress = null)
        => CheckpointImporter.Import(_temp[checkpoint], _temp["model"], options, progress, None);

    private void PoisonLastWeight(byte[] value, string tensor = "roberta.encoder.layer.0.output.dense.weight")
    {
        long offset;
        using (var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All))
        {
            offset = checkpoint[tensor].Offset + checkpoint[tensor].Bytes - value.Length;
        }

        using var stream = File.OpenWrite(Path.Combine(_temp["checkpoint"], "model.safetensors"));
        stream.Position = offset;
        stream.Write(value);
    }

    private sealed class Watch(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}
