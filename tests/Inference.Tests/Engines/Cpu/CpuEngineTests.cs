using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Workers;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines.Cpu;

public sealed class CpuEngineTests(CpuEngineTests.TinyModels models) : IClassFixture<CpuEngineTests.TinyModels>
{
    private static readonly EngineOptions Options = new()
    {
        Engine = EngineKind.Cpu,
        CpuThreads = 2,
        CalibrationTime = TimeSpan.FromMilliseconds(200),
    };

    private static readonly EngineFactory Factory = EngineFactory.CreateDefault(NullLoggerFactory.Instance);

    [Theory]
    [InlineData("fp32")]
    [InlineData("fp16")]
    public void Probes_come_out_as_the_manifest_says(string precision)
    {
        var folder = ModelFolder.Open(models[precision]);
        using var engine = Factory.Load(folder, Options);
        using var lane = engine.CreateLane();
        Assert.NotEmpty(folder.Manifest.Probes);
        var logits = new float[folder.Manifest.Probes.Count];
        lane.Run(folder.Manifest.Probes.Select(p => (ReadOnlyMemory<int>)p.Ids).ToArray(), logits);
        Assert.All(folder.Manifest.Probes.Zip(logits), p => Assert.Equal(p.First.Logit, p.Second, ModelPrecision.Parse(precision).LogitTolerance));
        Assert.Equal(("CPU", precision, 2), (engine.Description.ExecutionProvider, engine.Description.Precision, engine.Description.Lanes));
        Assert.True(engine.Cost.TokensPerSecond > 0);
    }

    [Fact]
    public async Task A_score_is_the_same_bits_alone_and_among_others_on_any_lane()
    {
        var folder = ModelFolder.Open(models["fp32"]);
        var engine = Factory.Load(folder, Options);
        float[] alone;
        using (var lane = engine.CreateLane())
        {
            alone = [.. Enumerable.Range(1, 32).Select(n => One(lane, Ids(n)))];
        }

        await using var fixture = new WorkerFixture();
        var worker = fixture.Start(engine);
        var lengths = Enumerable.Range(1, 32).ToArray();
        var ids = lengths.SelectMany(n => Ids(n)).ToArray();
        var work = Works.Of(lengths) with { ModelIdentity = folder.Manifest.Identity, Ids = ids };
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => worker.ScoreAsync(work with { RequestId = Guid.NewGuid() }, CancellationToken.None))).Soon();

        Assert.All(results, r => Assert.Equal(alone, r.Logits));
    }

    [Fact]
    public void A_graph_that_gives_other_logits_is_refused()
    {
        using var copy = models.Copy("fp32", m => m with { Probes = [new ManifestProbe([0, 5, 2], 99)] });
        var error = Assert.Throws<ModelFolderException>(() => Factory.Load(ModelFolder.Open(copy.Path), Options));
        Assert.EndsWith("padded.onnx", error.File, StringComparison.Ordinal);
        Assert.Contains("99.0000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_graph_are_refused_by_name()
    {
        using var copy = models.Copy("fp32", m => m with { Graphs = new Dictionary<string, string> { ["padded"] = m.Tokenizer } });
        var error = Assert.Throws<ModelFolderException>(() => Factory.Load(ModelFolder.Open(copy.Path), Options));
        Assert.Contains("ONNX Runtime cannot load it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_a_padded_graph_is_not_for_the_cpu()
    {
        using var copy = models.Copy("fp32", m => m with { Graphs = m.Graphs.ToDictionary(static g => $"other-{g.Key}", static g => g.Value) });
        var error = Assert.Throws<EngineUnavailableException>(() => Factory.Load(ModelFolder.Open(copy.Path), Options));
        Assert.Equal(EngineKind.Cpu, error.Engine);
    }

    [Fact]
    public void The_automatic_choice_tells_what_it_could_not_get()
    {
        Assert.SkipWhen(CudaDriver.Instance.Problem is null, "This machine has a GPU.");
        using var engine = Factory.Load(ModelFolder.Open(models["fp32"]), Options with { Engine = EngineKind.Auto });
        Assert.Equal("CPU", engine.Description.ExecutionProvider);
        Assert.Contains("TensorRt", engine.Description.FallbackReason, StringComparison.Ordinal);
        Assert.Contains("Cuda", engine.Description.FallbackReason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_engine_that_does_not_work_here_is_an_error()
    {
        var factory = new EngineFactory([], NullLogger<EngineFactory>.Instance);
        var error = Assert.Throws<EngineUnavailableException>(
            () => factory.Load(ModelFolder.Open(models["fp32"]), new EngineOptions { Engine = EngineKind.TensorRt }));
        Assert.Equal(EngineKind.TensorRt, error.Engine);
        Assert.Throws<EngineUnavailableException>(() => factory.Load(ModelFolder.Open(models["fp32"]), new EngineOptions()));
    }

    [Fact]
    public void A_script_stands_for_the_model()
    {
        var folder = ModelFolder.Open(models["fp32"]);
        using var engine = Factory.Load(folder, new EngineOptions { Engine = EngineKind.Scripted, Scripted = new() { BatchTime = TimeSpan.FromMilliseconds(1) } });
        using var lane = engine.CreateLane();
        Assert.Equal(folder.Manifest.Identity, engine.Description.ModelIdentity);
        Assert.Equal(ScriptedScore.ComputeScore(Ids(7)), One(lane, Ids(7)));
    }

    [Fact]
    public void Options_outside_their_range_stop_the_start()
        => Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(
            () => Factory.Load(ModelFolder.Open(models["fp32"]), Options with { CpuThreads = -1 }));

    private static int[] Ids(int length) => [.. Enumerable.Range(0, length).Select(i => 3 + ((i * 7) % 50))];

    private static float One(IEngineLane lane, int[] ids)
    {
        var logit = new float[1];
        lane.Run([ids], logit);
        return logit[0];
    }

    /// <summary>One tiny checkpoint, imported once a precision.</summary>
    public sealed class TinyModels : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();

        public string this[string precision] => _folder[precision];

        public async ValueTask InitializeAsync()
        {
            TinyCheckpoints.Write(_folder["checkpoint"], TinyCheckpoints.Shape(), seed: 7);
            await ImportAsync(ModelPrecision.Fp32, "fp32");
            await ImportAsync(ModelPrecision.Fp16, "fp16");
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }

        internal TempFolder Copy(string precision, Func<ModelManifest, ModelManifest> change)
        {
            var copy = new TempFolder();
            foreach (var file in Directory.EnumerateFiles(this[precision]))
            {
                File.Copy(file, copy[Path.GetFileName(file)]);
            }

            var manifest = change(ModelFolder.Open(this[precision]).Manifest);
            manifest = manifest with { Identity = ModelIdentity.ComputeIdentity(manifest)! };
            File.WriteAllText(copy[ModelManifest.FileName], JsonSerializer.Serialize(manifest, ModelManifestJson.Default.ModelManifest));
            return copy;
        }

        private async Task ImportAsync(ModelPrecision precision, string name)
            => await CheckpointImporter.ImportAsync(
                _folder["checkpoint"], _folder[name], new ImportOptions { Precision = precision, Name = "tiny" }, progress: null, CancellationToken.None);
    }
}
