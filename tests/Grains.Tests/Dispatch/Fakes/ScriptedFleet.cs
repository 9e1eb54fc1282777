using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reranker.Attempts;
using Reranker.Fleet;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Placement;
using Reranker.Grains.Primitives;
using Reranker.Grains.Workers;
using Reranker.Inference.Tokenization;
using Reranker.Requests;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Dispatch.Fakes;

/// <summary>The real dispatcher over scripted remote workers and a fake clock.</summary>
internal sealed class ScriptedFleet
{
    private const string Identity = "1111";
    private readonly SubBatchDispatcher _dispatcher;
    private readonly WorkerChooser _chooser;

    /// <param name="silos">Workers of each silo.</param>
    /// <param name="options">How work is dispatched.</param>
    /// <param name="seed">Seed of the choices.</param>
    public ScriptedFleet(int[] silos, DispatchOptions options, int seed = 1)
    {
        Pump = new Pump(Time, () => View!.Current.Workers.Any(static w => w.Estimate.IsRefreshing));
        Workers = [.. Enumerable.Range(0, silos.Sum()).Select(i => new ScriptedWorker(i))];
        var addresses = silos.Select((_, i) => SiloAddress.New(IPAddress.Loopback, 11_111 + i, 1)).ToArray();
        var keys = silos.SelectMany((count, silo) => Enumerable.Range(0, count).Select(o => new WorkerKey(addresses[silo], o))).ToArray();
        var grains = Workers.Zip(keys).ToDictionary(p => p.Second.ToString(), p => p.First);
        var random = new RandomSource(new Random(seed));
        var dispatch = Options.Create(options);
        View = new FleetView(
            FakeGrains.Create((_, key) => grains[(string)key]),
            new WorkerRegistry(new FakeWorkerHost([], [])),
            new LocalSilo(SiloAddress.New(IPAddress.Loopback, 22_222, 1)),
            new DirectiveStore(),
            random,
            Time,
            Options.Create(new FleetOptions { MaxLoadAge = TimeSpan.FromHours(1) }),
            NullLogger<FleetView>.Instance);
        for (var silo = 0; silo < silos.Length; silo++)
        {
            View.ApplyDescription(addresses[silo], new SiloDescription
            {
                Name = $"silo-{silo}",
                Workers = [.. keys.Where(k => k.Silo.Equals(addresses[silo])).Select(k => Describe(k, grains[k.ToString()]))],
            });
        }

        _chooser = new WorkerChooser(View, random, dispatch);
        Budgets = new CopyBudgets(dispatch, Time);
        _dispatcher = new SubBatchDispatcher(
            View,
            _chooser,
            new AttemptSender(View, NullLogger<AttemptSender>.Instance),
            new AttemptInquiry(View, Time, dispatch, NullLogger<AttemptInquiry>.Instance),
            Budgets,
            Time,
            dispatch);
    }

    public FakeTimeProvider Time { get; } = new SynchronizedTime();

    public Pump Pump { get; }

    public FleetView View { get; }

    public ScriptedWorker[] Workers { get; }

    public CopyBudgets Budgets { get; }

    public HedgeBudget Budget => Budgets.Hedges;

    /// <summary>
    /// A request with one passage of one token a sub-batch pair: passage i is token 100 + i. Sub-batch i has so many
    /// passages and is planned for worker i, round and round.
    /// </summary>
    public DispatchJob Job(TimeSpan deadline, params int[] subBatches)
    {
        var at = 0;
        var parts = subBatches.Select((count, i) =>
        {
            int[] passages = [.. Enumerable.Range(at, count)];
            at += count;
            return new SubBatch(i, i % Workers.Length, passages, count * 6, 0.001);
        }).ToArray();
        var tokenized = new TokenizedRequest
        {
            QueryIds = [5],
            PassageIds = [.. Enumerable.Range(0, at).Select(i => new[] { 100 + i })],
            Characters = at,
        };
        return new DispatchJob(
            Guid.NewGuid(),
            "",
            Identity,
            tokenized,
            2,
            new DispatchPlan(parts, 0.001, 0.001, Math.Min(parts.Length, Workers.Length)),
            [.. View.Current.Workers],
            new Deadline(Time, deadline));
    }

    /// <summary>Runs a job as a request does: its deadline cancels it.</summary>
    public RerankOutcome Run(DispatchJob job) => RunUntil(job, CancellationToken.None);

    /// <summary>Runs a job whose caller may cancel it.</summary>
    public RerankOutcome RunUntil(DispatchJob job, CancellationToken caller) => Pump.Run(() => RunAsync(job, caller));

    /// <summary>Runs a job among others; on the pump.</summary>
    public async Task<RerankOutcome> RunAsync(DispatchJob job, CancellationToken caller)
    {
        using var limit = new CancellationTokenSource(job.Deadline.Remaining, Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, caller);
        return await _dispatcher.RunAsync(job, linked.Token);
    }

    /// <summary>True when a worker may get new work.</summary>
    public bool IsEligible(int worker) => View.Current.Workers[worker].IsEligible(Identity);

    private static WorkerDescription Describe(WorkerKey key, ScriptedWorker worker) => new()
    {
        Ordinal = key.Ordinal,
        Device = "fake",
        ExecutionProvider = "fake",
        Lanes = 1,
        MaxBatchTokens = 8192,
        Models = [new ModelInfo { Name = "mini", Identity = Identity, Precision = "fp32", MaxPairTokens = 512, VocabularySize = 1000 }],
        Load = worker.Load,
    };
}
