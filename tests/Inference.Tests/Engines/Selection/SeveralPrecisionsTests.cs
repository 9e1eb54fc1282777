using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Cluster;
using Reranker.TestKit.Engines;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines.Selection;

/// <summary>Which of a folder's precisions is served, on which engine.</summary>
public sealed class SeveralPrecisionsTests : IDisposable
{
    private static readonly GateResult Passed = new("texts", 8, 192, 0.95, 0.94, 0.9, 0.8);
    private static readonly GateResult Failed = Passed with { Overlap = 0.81 };

    private readonly TempFolder _temp = new();

    public SeveralPrecisionsTests() => TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 5);

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(90, "fp8", EngineKind.Cuda)]
    [InlineData(89, "fp8", EngineKind.Cuda)]
    [InlineData(86, "fp16", EngineKind.Cuda)]
    public void The_fastest_is_taken_that_the_card_runs(int capability, string precision, EngineKind kind)
    {
        var model = Import(p => p with { Gate = Passed }, "fp16", "fp8");
        using var engine = Load(model, new FakeDriver { ComputeCapability = capability }, new EngineOptions(), out var became, EngineKind.Cuda, EngineKind.Cpu);

        Assert.Equal((precision, kind), (engine.Description.Precision, became));
        Assert.Equal(model.WithPrecision(precision).Manifest.Identity, engine.Description.ModelIdentity);
        Assert.Equal(capability < 89, engine.Description.FallbackReason?.Contains("has 8.6", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void One_that_was_not_looked_at_or_ranks_otherwise_is_not_taken_and_that_is_said()
    {
        var unknown = Import(p => p with { Gate = null }, "fp16", "fp8");
        using var first = Load(unknown, new FakeDriver(), new EngineOptions(), out _, EngineKind.Cuda);
        Assert.Equal("fp16", first.Description.Precision);
        Assert.Contains("fp8 is not chosen, because nobody compared", first.Description.FallbackReason, StringComparison.Ordinal);

        var bad = Import(p => p with { Gate = Failed }, "fp16", "fp8");
        using var second = Load(bad, new FakeDriver(), new EngineOptions(), out _, EngineKind.Cuda);
        Assert.Equal("fp16", second.Description.Precision);
        Assert.Contains("overlap with FP32 0.810 (at least 0.9)", second.Description.FallbackReason, StringComparison.Ordinal);

        // Whoever names it gets it.
        using var named = Load(bad.WithPrecision("fp8"), new FakeDriver(), new EngineOptions(), out _, EngineKind.Cuda);
        Assert.Equal(("fp8", null), (named.Description.Precision, named.Description.FallbackReason));
    }

    [Theory]
    [InlineData(EngineKind.Auto, "int8")]
    [InlineData(EngineKind.Cpu, "int8")]
    [InlineData(EngineKind.Cuda, "fp16")]
    [InlineData(EngineKind.TensorRt, "fp16")]
    public void Without_a_card_or_with_a_named_engine_it_is_the_fastest_there(EngineKind asked, string precision)
    {
        var model = Import(p => p with { Gate = Passed }, "fp16", "int8");
        EngineKind[] works = asked == EngineKind.Auto ? [EngineKind.Cpu] : [asked];
        using var engine = Load(model, new FakeDriver { Problem = "no driver" }, new EngineOptions { Engine = asked }, out _, works);

        Assert.Equal(precision, engine.Description.Precision);
    }

    [Fact]
    public void An_FP8_model_says_what_to_import_instead_where_it_cannot_run()
    {
        var model = Import(p => p, "fp8");

        var old = Assert.Throws<EngineUnavailableException>(
            () => Load(model, new FakeDriver { ComputeCapability = 80 }, new EngineOptions { Engine = EngineKind.Cuda }, out _, EngineKind.Cuda));
        Assert.Contains("needs a GPU of compute capability 8.9 and NVIDIA H100 80GB HBM3 has 8.0; import the model with --precision fp16", old.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', old.Message);

        var none = Assert.Throws<EngineUnavailableException>(
            () => Load(model, new FakeDriver { Problem = "no driver" }, new EngineOptions(), out _, EngineKind.Cpu, EngineKind.TensorRt));
        Assert.Contains("--precision fp16 for other GPUs, or with int8 for CPUs", none.Reason, StringComparison.Ordinal);

        // A CPU works it out where somebody asks for that.
        using var cpu = EngineFactory.CreateDefault(NullLoggerFactory.Instance)
            .Load(model, new EngineOptions { Engine = EngineKind.Cpu, CpuThreads = 1, CalibrationTime = TimeSpan.Zero });
        Assert.Equal("fp8", cpu.Description.Precision);
    }

    [Fact]
    public void All_devices_of_a_process_get_the_precision_of_the_first()
    {
        var model = Import(p => p with { Gate = Passed }, "fp16", "fp8");
        var devices = new DeviceEngines(CreateFactory(new FakeDriver(), EngineKind.Cuda), new FakeDriver())
            .LoadOnAllDevices([model], new EngineOptions(), CancellationToken.None);

        Assert.Equal(["fp8", "fp8"], devices.Select(d => Assert.Single(d).Description.Precision));
    }

    [Fact]
    public void The_log_says_which_and_why()
    {
        var model = Import(p => p with { Gate = Failed }, "fp16", "fp8");
        using var logs = new CapturingLoggerProvider();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(logs));
        using var engine = new EngineFactory([new PretendedEngines(EngineKind.Cuda)], new FakeDriver(), loggers.CreateLogger<EngineFactory>())
            .Load(model, new EngineOptions());

        Assert.Contains(logs.Lines, m => m.Contains("Model tiny is served in fp16, of fp16, fp8: fp8 is not chosen, because it does not rank", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fp16", EngineKind.Cpu, true)]
    [InlineData("int8-qdq", EngineKind.Cpu, true)]
    [InlineData("fp16", EngineKind.Cuda, false)]
    [InlineData("fp32", EngineKind.Cpu, false)]
    [InlineData("int8", EngineKind.Cpu, false)]
    public void What_is_slow_on_a_processor_is_warned_of_there(string precision, EngineKind kind, bool isWarned)
    {
        var model = Import(p => p, precision);
        using var logs = new CapturingLoggerProvider();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(logs));
        using var engine = new EngineFactory([new PretendedEngines(kind)], new FakeDriver(), loggers.CreateLogger<EngineFactory>())
            .Load(model, new EngineOptions { Engine = kind });

        Assert.Equal(isWarned, logs.Lines.Any(m => m.Contains($"on a processor in {precision}, which is made for GPUs", StringComparison.Ordinal)));
    }

    private static IInferenceEngine Load(ModelFolder model, FakeDriver driver, EngineOptions options, out EngineKind kind, params EngineKind[] works)
        => CreateFactory(driver, works).Load(model, options, 0, out kind);

    private static EngineFactory CreateFactory(FakeDriver driver, params EngineKind[] works)
        => new(works.Select(k => new PretendedEngines(k)), driver, NullLogger<EngineFactory>.Instance);

    // The gate of an import is its own business: here results are written into the manifest.
    private ModelFolder Import(Func<ManifestPrecision, ManifestPrecision> change, params string[] precisions)
    {
        var path = _temp[Guid.NewGuid().ToString("N")];
        var manifest = CheckpointImporter.ImportAsync(
            _temp["checkpoint"],
            path,
            new ImportOptions { Precisions = [.. precisions.Select(ModelPrecision.Parse)], Name = "tiny", Gate = false },
            null,
            CancellationToken.None).GetAwaiter().GetResult();
        if (manifest.Precisions is { } several)
        {
            manifest = manifest with { Precisions = [.. several.Select(p => ModelPrecision.Parse(p.Precision).IsQuantized ? change(p) : p)] };
            File.WriteAllBytes(
                Path.Combine(path, ModelManifest.FileName),
                System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(manifest, ModelManifestJson.Default.ModelManifest));
        }

        return ModelFolder.Open(path);
    }

    private sealed class PretendedEngines(EngineKind kind) : IEngineProvider
    {
        public EngineKind Kind => kind;

        public IInferenceEngine Load(EngineRequest request)
            => new Engine(EngineDescription.FromRequest(request, kind.ToString(), "none", "none", new CostLimits(32, 8, 256, Lanes: 1)));
    }

    private sealed class Engine(EngineDescription description) : IInferenceEngine
    {
        public EngineDescription Description => description;

        public ICostModel Cost { get; } = new LinearCost(1);

        public IEngineLane CreateLane() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
