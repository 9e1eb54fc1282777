using BenchmarkDotNet.Attributes;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Primitives;

namespace Reranker.Benchmarks;

/// <summary>Splitting a request over workers.</summary>
public class PlannerBenchmarks
{
    private readonly DispatchOptions _options = new();
    private readonly RandomSource _random = new(new Random(1));
    private PairSizes _work = null!;
    private WorkerCandidate[] _candidates = [];

    [Params(8, 128)]
    public int Workers { get; set; }

    [GlobalSetup]
    public void CreateWork()
    {
        var random = new Random(1);
        var passages = Enumerable.Range(0, 100).Select(_ => random.Next(20, 500)).ToArray();
        _work = new PairSizes(12, passages, Array.ConvertAll(passages, static p => p + 16), 4);
        _candidates = [.. Enumerable.Range(0, Workers).Select(i => new WorkerCandidate(random.NextDouble() / 20, 100_000 + random.Next(50_000), IsLocal: i == 0))];
    }

    [Benchmark(Description = "plan 100 passages")]
    public int Plan() => SubBatchPlanner.CreatePlan(_work, _candidates, _options, _random).SubBatches.Length;
}
