using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Engines.Gpu;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Reference;

namespace Reranker.Inference.Tests.Engines.Cuda;

/// <summary>Models without a packed graph on CUDA. The CPU provider stands for CUDA's.</summary>
[Collection(Captures.OneAtATime)]
public sealed class PaddedCudaTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Batches_of_padded_rows_get_the_reference_s_logits_within_the_limits_of_the_options()
    {
        var model = TinyModels.Import(_temp);
        using var engine = new PaddedCudaLoader(
            new FakeDriver(), TimeProvider.System, NullLogger.Instance, graph => new InferenceSession(graph)).Load(new EngineRequest(model, new EngineOptions
            {
                Engine = EngineKind.Cuda,
                CalibrationTime = TimeSpan.Zero,
                Cuda = new CudaOptions { MaxBatchTokens = 128, MaxBatchPairs = 9 },
            }));
        using var lane = engine.CreateLane();

        Assert.Equal("CUDA", engine.Description.ExecutionProvider);
        Assert.Equal(128, engine.Description.MaxBatchTokens);
        Assert.Equal(9, engine.Description.MaxBatchPairs);
        Assert.Equal(1, engine.Description.Lanes);
        LaneCases.GiveTheReferencesLogits(lane, new ReferenceModel(TinyModels.Checkpoint(_temp)), [1], [9], [30, 2, 17], [3, 3, 3, 8]);
    }

    [Fact]
    public void Times_that_a_start_measured_serve_the_next_one_as_long_as_they_are_right()
    {
        var model = TinyModels.Import(_temp);
        Assert.Equal(1, LoadAndFindTime(model, _temp["cuda"]));
        var folder = Assert.Single(Directory.GetDirectories(_temp["cuda"]));
        Assert.Contains("gpu NVIDIA H100 80GB HBM3", File.ReadAllText(Path.Combine(folder, "key.txt")), StringComparison.Ordinal);
        var table = CostTable.TryLoad(Path.Combine(folder, "costs.json"), Path.GetFileName(folder))!;

        // By a clock that stands still every batch takes a microsecond.
        foreach (var (kept, expected) in ((double, double)[])[(1.1, 1.1), (1.3, 1), (0.95, 0.95)])
        {
            (table with { Points = [.. table.Points.Select(p => p with { Microseconds = kept })] }).Save(Path.Combine(folder, "costs.json"));
            Assert.Equal(expected, LoadAndFindTime(model, _temp["cuda"]));
        }
    }

    [Fact]
    public void A_start_removes_what_no_start_used_for_long()
    {
        // The clock of these starts stands in the year 2000.
        var old = _temp["cuda/0123456789abcdef"];
        Directory.CreateDirectory(old);
        File.WriteAllText(Path.Combine(old, "key.txt"), "gpu of another driver");
        File.SetLastWriteTimeUtc(Path.Combine(old, "key.txt"), new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        LoadAndFindTime(TinyModels.Import(_temp), _temp["cuda"]);

        Assert.NotEqual(old, Assert.Single(Directory.GetDirectories(_temp["cuda"])));
    }

    [Fact]
    public void An_engine_starts_where_nothing_can_be_kept()
    {
        File.WriteAllText(_temp["cuda"], "no folder");

        Assert.Equal(1, LoadAndFindTime(TinyModels.Import(_temp), _temp["cuda"]));
    }

    [Theory]
    [InlineData("fp16", false, "padded", true)]
    [InlineData("fp32", false, "padded", true)]
    [InlineData("fp16", false, "packed", false)]
    [InlineData("int8", true, "padded", false)]
    [InlineData("int8-qdq", false, "padded", false)]
    public void Only_what_has_no_other_form_and_no_quantization_is_run_so(string precision, bool onePairPerRun, string form, bool expected)
    {
        var manifest = TinyModels.Import(_temp).Manifest with
        {
            Precision = precision,
            OnePairPerRun = onePairPerRun,
            Graphs = new Dictionary<string, string> { ["padded"] = "padded.onnx", [form] = $"{form}.onnx" },
        };

        Assert.Equal(expected, PaddedCudaModels.Holds(manifest));
        Assert.Equal(
            expected ? [EngineKind.TensorRt, EngineKind.Cuda, EngineKind.Cpu] : EngineCandidates.ListKinds(precision), EngineCandidates.ListKinds(manifest));
    }

    private static double LoadAndFindTime(ModelFolder model, string cache)
    {
        var options = new EngineOptions
        {
            Engine = EngineKind.Cuda,
            Cuda = new CudaOptions { MaxBatchTokens = 64, MaxBatchPairs = 4, MeasurementCache = cache },
        };
        using var engine = new PaddedCudaLoader(new FakeDriver(), new SynchronizedTime(), NullLogger.Instance, graph => new InferenceSession(graph))
            .Load(new EngineRequest(model, options));
        Assert.Equal([StartPhase.Open, StartPhase.LargestBatch, StartPhase.Probes, StartPhase.Costs], engine.Description.StartTimes.Select(t => t.Phase));
        return engine.Cost.Table!.Points.Select(p => p.Microseconds).Distinct().Single();
    }
}
