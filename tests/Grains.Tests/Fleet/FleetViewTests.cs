using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reranker.Fleet;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Primitives;
using Reranker.Grains.Tests.Dispatch.Fakes;
using Reranker.Grains.Workers;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Cluster;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Fleet;

/// <summary>Descriptions of a silo are asked for from several places at once, and their answers overtake each other.</summary>
public sealed class FleetViewTests
{
    private static readonly SiloAddress Local = SiloAddress.New(IPAddress.Loopback, 11_111, 1);
    private static readonly SiloAddress Remote = SiloAddress.New(IPAddress.Loopback, 22_222, 1);

    [Fact]
    public void An_older_description_does_not_replace_a_newer_one()
    {
        var view = View([]);
        view.ApplyDescription(Remote, Described(sequence: 1, "old"));
        view.ApplyDescription(Remote, Described(sequence: 5, "old", "new"));
        view.ApplyDescription(Remote, Described(sequence: 3, "old"));
        Assert.Equal(["old", "new"], Models(view));

        view.ApplyDescription(Remote, Described(sequence: 6, "new"));
        Assert.Equal(["new"], Models(view));
    }

    [Fact]
    public void A_load_heard_of_meanwhile_does_not_hold_a_description_back()
    {
        var view = View([]);
        view.ApplyDescription(Remote, Described(sequence: 1, "old"));
        view.Current.Workers[0].Estimate.TakeReport(new WorkerLoad { State = WorkerState.Ready, Sequence = 9 });
        view.ApplyDescription(Remote, Described(sequence: 5, "new"));

        Assert.Equal(["new"], Models(view));
        Assert.Equal(9, view.Current.Workers[0].Estimate.Load.Sequence);
    }

    [Fact]
    public void A_silo_that_has_left_is_not_brought_back_by_a_late_description()
    {
        var view = View([]);
        view.ApplyDescription(Remote, Described(sequence: 1, "old"));
        view.ForgetOtherSilos(new HashSet<SiloAddress> { Local });
        view.ApplyDescription(Remote, Described(sequence: 2, "old"));

        Assert.Empty(view.Current.Workers);
        Assert.Equal(1, view.Silos);
    }

    [Fact]
    public async Task A_change_during_a_description_of_this_silo_is_not_lost()
    {
        var worker = new InterruptedWorker(new FakeScoringWorker(new FakeModel("mini", "old")));
        var view = View([worker]);
        worker.Interruption = () =>
        {
            // Whoever changes the models describes them after it, while the first description is not taken in yet.
            worker.Inner.Serve(new FakeModel("mini", "new"));
            view.LearnSiloAsync(Local, default).GetAwaiter().GetResult();
        };

        await view.LearnSiloAsync(Local, TestContext.Current.CancellationToken);

        Assert.Equal(["new"], Models(view));
    }

    private static FleetView View(IReadOnlyList<IScoringWorker> workers) => new(
        FakeGrains.Create((_, _) => new ScriptedWorker(0)),
        new WorkerRegistry(new Host(workers)),
        new LocalSilo(Local),
        new DirectiveStore(),
        new RandomSource(new Random(1)),
        new SynchronizedTime(),
        Options.Create(new FleetOptions()),
        NullLogger<FleetView>.Instance);

    private static IEnumerable<string> Models(FleetView view) => Assert.Single(view.Current.Workers).Description.Models.Select(m => m.Identity);

    private static SiloDescription Described(long sequence, params string[] identities) => new()
    {
        Name = "remote",
        Workers =
        [
            new WorkerDescription
            {
                Ordinal = 0,
                Device = "fake",
                ExecutionProvider = "fake",
                Models = [.. identities.Select(i => new ModelInfo { Name = "mini", Identity = i, Precision = "fp32", MaxPairTokens = 512, VocabularySize = 1000 })],
                Load = new WorkerLoad { State = WorkerState.Ready, Sequence = sequence },
            },
        ],
    };

    private sealed class Host(IReadOnlyList<IScoringWorker> workers) : IWorkerHost
    {
        public IReadOnlyList<IScoringWorker> Workers => workers;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Something happens once, right after its models were read.</summary>
    private sealed class InterruptedWorker(FakeScoringWorker inner) : IScoringWorker
    {
        public FakeScoringWorker Inner => inner;

        public Action? Interruption { get; set; }

        public int Ordinal => inner.Ordinal;

        public WorkerStatus Status => inner.Status;

        public Task Lost => inner.Lost;

        public IReadOnlyList<EngineDescription> Engines
        {
            get
            {
                var engines = inner.Engines;
                var interruption = Interruption;
                Interruption = null;
                interruption?.Invoke();
                return engines;
            }
        }

        public RequestProgress FindProgress(string modelIdentity, Guid requestId) => inner.FindProgress(modelIdentity, requestId);

        public Task<WorkResult> ScoreAsync(WorkItem work, CancellationToken cancellationToken) => inner.ScoreAsync(work, cancellationToken);
    }
}
