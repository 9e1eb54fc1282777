using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.Inference.Tests.Engines.Gpu.Libraries;
using Reranker.TestKit;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Engines.TensorRt;

/// <summary>Which graph is opened, and when none is. The CPU provider stands for TensorRT's.</summary>
public sealed class TensorRtSessionsTests : IDisposable
{
    private const string Builder = "libnvinfer_builder_resource.so.10.6.0";
    private const string BuilderOfCapability = "libnvinfer_builder_resource_sm90.so.10.6.0";

    private readonly TempFolder _temp = new();
    private readonly ModelFolder _model;
    private readonly List<string> _opened = [];
    private Func<string, OnnxRuntimeException?> _fails = _ => null;

    public TensorRtSessionsTests() => _model = TinyModels.Import(_temp);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Without_the_builder_library_nothing_is_built_and_the_native_code_is_not_reached()
    {
        var error = Assert.Throws<EngineUnavailableException>(() => Open(Plan(), Builder, BuilderOfCapability));

        Assert.Equal(
            $"an engine must be built and TensorRT's builder library {Builder} was not found; build it ahead on a machine that has it", error.Reason);
        Assert.Empty(_opened);
        Assert.False(Directory.Exists(Plan().Store.Folder));
    }

    [Fact]
    public void A_built_engine_is_loaded_without_the_builder_library()
    {
        var plan = Built(Plan());

        Open(plan, Builder, BuilderOfCapability).Dispose();

        Assert.Equal([plan.Store.ContextGraph], _opened);
    }

    [Fact]
    public void An_engine_without_its_context_graph_needs_the_builder_library()
    {
        var plan = Built(Plan());
        plan.Store.DropContext();

        Assert.Throws<EngineUnavailableException>(() => Open(plan, Builder, BuilderOfCapability));
        Assert.Empty(_opened);
        Open(plan).Dispose();

        Assert.Equal([plan.Graph], _opened);
    }

    [Fact]
    public void A_context_graph_that_does_not_load_is_written_anew_where_that_is_possible()
    {
        var plan = Built(Plan());
        _fails = graph => graph == plan.Store.ContextGraph ? Unreadable(graph) : null;

        Open(plan).Dispose();

        Assert.Equal([plan.Store.ContextGraph, plan.Graph], _opened);
        Assert.False(plan.Store.HasContext);
    }

    [Fact]
    public void A_context_graph_that_does_not_load_is_kept_where_none_can_be_written()
    {
        var plan = Built(Plan());
        _fails = Unreadable;

        var error = Assert.Throws<EngineUnavailableException>(() => Open(plan, Builder, BuilderOfCapability));

        Assert.StartsWith("the model does not run on the GPU", error.Reason, StringComparison.Ordinal);
        Assert.True(plan.Store.HasContext);
    }

    [Fact]
    public void A_build_that_is_not_wanted_names_the_command()
    {
        var error = Assert.Throws<EngineUnavailableException>(
            () => Open(Plan(), new TensorRtOptions { EngineCache = _temp["cache"], Build = false }));

        Assert.Contains("reranker engine build", error.Reason, StringComparison.Ordinal);
        Assert.Empty(_opened);
    }

    [Fact]
    public void Auto_goes_on_with_the_next_engine_and_its_description_says_why()
    {
        var plan = Plan();
        var factory = new EngineFactory(
            [
                new Provider(EngineKind.TensorRt, _ =>
                {
                    Open(plan, Builder, BuilderOfCapability).Dispose();
                    throw new InvalidOperationException("A session was made.");
                }),
                new Provider(EngineKind.Cpu, Instead),
            ],
            NullLogger<EngineFactory>.Instance);

        using var engine = factory.Load(_model, new EngineOptions());

        Assert.Equal("CPU", engine.Description.ExecutionProvider);
        Assert.StartsWith(
            $"Cuda: this build has no such engine; TensorRt: an engine must be built and TensorRT's builder library {Builder} was not found",
            engine.Description.FallbackReason,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fp16", EngineKind.Cuda)]
    [InlineData("fp32", EngineKind.Cuda)]
    [InlineData("int8", EngineKind.Cuda)]
    [InlineData(ModelManifest.Int8Qdq, EngineKind.TensorRt)]
    public void Auto_begins_with_the_engine_that_is_the_fastest_for_the_precision(string precision, EngineKind first)
    {
        Assert.Equal(first, EngineFactory.ListCandidates(precision)[0]);
        Assert.Equal(EngineKind.Cpu, EngineFactory.ListCandidates(precision)[^1]);
    }

    private InferenceSession Open(TensorRtPlan plan, params string[] missing) => Open(plan, new TensorRtOptions { EngineCache = _temp["cache"] }, missing);

    private InferenceSession Open(TensorRtPlan plan, TensorRtOptions options, params string[] missing)
        => new TensorRtSessions(plan.Store, Libraries(missing), TimeProvider.System, NullLogger.Instance, OnCpu)
            .Open(plan.Graph, plan.Device, "fp16", plan.Profile, options);

    private InferenceSession OnCpu(string graph, Dictionary<string, string> values)
    {
        _opened.Add(graph);
        return _fails(graph) is { } error ? throw error : new InferenceSession(_model.FindGraphPath("padded"));
    }

    // The runtime's own exception cannot be made; a file that is no graph gives one.
    private static OnnxRuntimeException Unreadable(string graph) => Assert.Throws<OnnxRuntimeException>(() => new InferenceSession([1, 2, 3]));

    private static ManualEngine Instead(EngineRequest request) => new(
        TestEngines.Describe() with { ExecutionProvider = "CPU", FallbackReason = request.FallbackReason }, new LinearCost(1));

    private static TensorRtPlan Built(TensorRtPlan plan)
    {
        plan.Store.CreateFolders();
        File.WriteAllText(Path.Combine(plan.Store.Folder, "a.engine"), "engine");
        File.WriteAllText(plan.Store.ContextGraph, "graph");
        plan.Store.MarkComplete();
        return plan;
    }

    private TensorRtPlan Plan() => TensorRtPlan.CreatePlan(
        new EngineRequest(_model, new EngineOptions { TensorRt = new TensorRtOptions { EngineCache = _temp["cache"] } }), new FakeDriver(), Libraries());

    private static GpuLibraries Libraries(params string[] missing) => new(new FakeDriver(), new FakeLibraries(missing));

    private sealed class Provider(EngineKind kind, Func<EngineRequest, IInferenceEngine> load) : IEngineProvider
    {
        public EngineKind Kind => kind;

        public IInferenceEngine Load(EngineRequest request) => load(request);
    }
}
