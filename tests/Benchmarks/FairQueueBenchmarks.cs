using BenchmarkDotNet.Attributes;
using Reranker.Inference.Batching;
using Reranker.Inference.Scoring;

namespace Reranker.Benchmarks;

/// <summary>A worker's queue: works of several tenants in, their pairs out in turn.</summary>
public class FairQueueBenchmarks
{
    private const int Tenants = 4;
    private const int WorksPerTenant = 16;
    private const int PairsPerWork = 8;
    private const int PairTokens = 100;

    private readonly FairQueue _queue = new(quantum: 1_024);
    private readonly WorkItem[] _works =
    [
        .. Enumerable.Range(0, Tenants * WorksPerTenant).Select(static i => new WorkItem
        {
            ModelIdentity = "model",
            Ids = new int[PairsPerWork * PairTokens],
            Offsets = [.. Enumerable.Range(0, PairsPerWork + 1).Select(static pair => pair * PairTokens)],
            Remaining = TimeSpan.FromSeconds(1),
            RequestId = new Guid(i, 0, 0, new byte[8]),
            Tenant = $"tenant {i % Tenants}",
        }),
    ];

    [Benchmark(Description = "queue and take 512 pairs of 64 works and 4 tenants", OperationsPerInvoke = Tenants * WorksPerTenant * PairsPerWork)]
    public int QueueAndTake()
    {
        foreach (var work in _works)
        {
            _queue.AddItem(new QueuedItem(work, arrival: 0, deadline: 1_000_000, latestStart: 1_000_000, static (_, _) => { }));
        }

        var taken = 0;
        while (_queue.TryPeekPair(out var pair))
        {
            _queue.TakePair(pair);
            taken++;
        }

        return taken;
    }
}
