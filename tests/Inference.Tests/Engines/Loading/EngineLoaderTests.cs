using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Loading;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Engines.Loading;

public sealed class EngineLoaderTests : IDisposable
{
    private static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(2);

    private readonly TempFolder _temp = new();
    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly List<string> _givenBack = [];

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void An_engine_is_described_as_it_was_found_to_be_when_it_was_warm()
    {
        var found = new CostLimits(MaxPairTokens: 30, MaxBatchPairs: 4, MaxBatchTokens: 60, Lanes: 2);
        var request = new EngineRequest(TinyModels.Import(_temp), new EngineOptions(), FallbackReason: "Cuda: none");

        using var engine = Load(request, () => new WarmModel(found, new LinearCost(1), () => throw new NotSupportedException()));

        var expected = EngineDescription.FromRequest(request, "Provider", "Device", "Runtime 1.0", found);
        Assert.Equal(
            [new StartTime(StartPhase.Open, OpenTime), new StartTime(StartPhase.Probes, WarmUpTime * 3 / 4), new StartTime(StartPhase.Costs, WarmUpTime / 4)],
            engine.Description.StartTimes);
        Assert.Equal(
            expected with { StartupTime = OpenTime + WarmUpTime, WarmUpTime = WarmUpTime, StartTimes = engine.Description.StartTimes }, engine.Description);
        Assert.Equal(found, engine.Description.ToCostLimits());
        Assert.Equal("Cuda: none", engine.Description.FallbackReason);
    }

    [Fact]
    public void An_engine_gives_back_what_was_prepared_before_the_model_on_which_that_stands()
    {
        var engine = Load(Request(), () => new WarmModel(default, new LinearCost(1), () => throw new NotSupportedException(), new Part("prepared", _givenBack)));

        Assert.Empty(_givenBack);
        engine.Dispose();

        Assert.Equal(["prepared", "model"], _givenBack);
    }

    [Fact]
    public void A_run_that_fails_while_warming_up_is_explained_and_the_model_given_back()
    {
        var failure = new EngineException(EngineFault.OutOfMemory, "Too little.");

        var error = Assert.Throws<EngineUnavailableException>(() => Load(Request(), () => throw failure));

        Assert.Same(failure, error.InnerException);
        Assert.Equal(["model"], _givenBack);
    }

    [Fact]
    public void Whatever_else_fails_the_model_is_given_back_once()
    {
        Assert.Throws<InvalidTimeZoneException>(() => Load(Request(), () => throw new InvalidTimeZoneException()));

        Assert.Equal(["model"], _givenBack);
    }

    private EngineRequest Request() => new(TinyModels.Import(_temp), new EngineOptions());

    private IInferenceEngine Load(EngineRequest request, Func<WarmModel> warmUp)
        => new Loader(_time, () => new Part("model", _givenBack), warmUp).Load(request);

    private sealed class Part(string name, List<string> givenBack) : IOpenModel
    {
        public string ExecutionProvider => "Provider";

        public string Device => "Device";

        public string RuntimeVersion => "Runtime 1.0";

        public void Dispose() => givenBack.Add(name);
    }

    private sealed class Loader(FakeTimeProvider time, Func<Part> open, Func<WarmModel> warmUp) : EngineLoader<Part>(time, NullLogger.Instance)
    {
        protected override Part Open(EngineRequest request)
        {
            time.Advance(OpenTime);
            return open();
        }

        protected override WarmModel WarmUp(Part model, EngineRequest request, StartClock clock)
        {
            time.Advance(WarmUpTime / 2);
            clock.EndPhase(StartPhase.Probes);
            time.Advance(WarmUpTime / 4);
            clock.EndPhase(StartPhase.Costs);
            time.Advance(WarmUpTime / 4);
            clock.EndPhase(StartPhase.Probes);
            return warmUp();
        }

        protected override Exception ExplainFailure(Part model, EngineException e)
            => new EngineUnavailableException(EngineKind.Cpu, "a run failed", e);
    }
}
