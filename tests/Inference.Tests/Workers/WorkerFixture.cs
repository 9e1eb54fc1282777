using Microsoft.Extensions.Time.Testing;
using Reranker.Inference.Engines;
using Reranker.Inference.Workers;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>Workers on a clock that stands still unless the test moves it.</summary>
internal sealed class WorkerFixture : IAsyncDisposable
{
    private readonly List<ScoringWorker> _workers = [];
    private readonly List<ManualEngine> _manual = [];
    private readonly WorkerGroup _group = new();

    public FakeTimeProvider Time { get; } = new SynchronizedTime();

    public CountingLogger Log { get; } = new();

    /// <summary>One microsecond a token: 15,000 tokens fill a batch, unless its limits are lower.</summary>
    public ManualEngine Manual(double microsecondsPerToken = 1, int maxBatchPairs = 64, int lanes = 1)
    {
        var engine = new ManualEngine(
            TestEngines.Describe(maxBatchPairs: maxBatchPairs, lanes: lanes), new LinearCost(microsecondsPerToken, lanes: lanes));
        _manual.Add(engine);
        return engine;
    }

    public ScoringWorker Start(IInferenceEngine engine, WorkerOptions? options = null) => Start([engine], options);

    public ScoringWorker Start(IReadOnlyList<IInferenceEngine> engines, WorkerOptions? options = null)
    {
        var worker = new ScoringWorker(
            _workers.Count, engines, options ?? new WorkerOptions(), _group, Time, Log);
        _workers.Add(worker);
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        _manual.ForEach(e => e.Dispose());
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }
    }
}
