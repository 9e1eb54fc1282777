using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reranker.Fleet;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Primitives;
using Reranker.Grains.Routing;
using Reranker.Grains.Tests.Dispatch.Fakes;
using Reranker.Grains.Workers;
using Reranker.Models;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Cluster;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Routing.Fakes;

/// <summary>A silo's picture of remote silos that describe themselves as a test says, and its own catalog.</summary>
internal sealed class ServedFleet
{
    private long _sequence;

    /// <param name="catalog">The models whose texts the silo reads; the first is the default.</param>
    public ServedFleet(params FakeModel[] catalog)
    {
        var random = new RandomSource(new Random(1));
        Catalog = new FakeWorkerHost([], [.. catalog.Select(m => m.ToCatalog())]);
        Random = random;
        View = new FleetView(
            FakeGrains.Create((_, _) => new ScriptedWorker(0)),
            new WorkerRegistry(Catalog),
            new LocalSilo(SiloAddress.New(IPAddress.Loopback, 22_222, 1)),
            Directives,
            random,
            new SynchronizedTime(),
            Options.Create(new FleetOptions { MaxLoadAge = TimeSpan.FromHours(1) }),
            NullLogger<FleetView>.Instance);
        Resolver = new ModelResolver(View, Catalog, Directives, random);
    }

    public FakeWorkerHost Catalog { get; }

    public DirectiveStore Directives { get; } = new();

    public RandomSource Random { get; }

    public FleetView View { get; }

    public ModelResolver Resolver { get; }

    /// <summary>Has a silo say that each of its workers serves models, and whether it takes work for them.</summary>
    public ServedFleet Describe(int silo, int workers, FakeModel[] models, params FakeModel[] draining)
    {
        View.ApplyDescription(SiloAddress.New(IPAddress.Loopback, 11_111 + silo, 1), new SiloDescription
        {
            Name = $"silo-{silo}",
            Workers = [.. Enumerable.Range(0, workers).Select(i => Describe(i, models, draining))],
        });
        return this;
    }

    /// <summary>Sets the shares of a name.</summary>
    public ServedFleet Route(string name, params (FakeModel Model, double Weight)[] shares)
    {
        Directives.AdoptNewerEntries(new ModelDirectives
        {
            Revision = Directives.Current.Revision + 1,
            Retired = Directives.Current.Retired,
            Routes = [new RouteModel { Name = name, Shares = [.. shares.Select(s => new ModelShare { Identity = s.Model.Identity, Weight = s.Weight })] }],
        });
        return this;
    }

    /// <summary>Retires a model.</summary>
    public ServedFleet Retire(FakeModel model)
    {
        Directives.AdoptNewerEntries(new ModelDirectives { Revision = Directives.Current.Revision + 1, Retired = [model.Identity] });
        return this;
    }

    private WorkerDescription Describe(int ordinal, FakeModel[] models, FakeModel[] draining) => new()
    {
        Ordinal = ordinal,
        Device = "fake",
        ExecutionProvider = "fake",
        Lanes = 1,
        MaxBatchTokens = 8192,
        Models =
        [
            .. models.Select(m => new ModelInfo
            {
                Name = m.Name,
                Identity = m.Identity,
                Precision = m.Precision,
                MaxPairTokens = m.MaxPairTokens,
                VocabularySize = m.Vocabulary,
            }),
        ],
        Load = new WorkerLoad
        {
            Sequence = ++_sequence,
            State = WorkerState.Ready,
            Models =
            [
                .. models.Select(m => new ModelLoad
                {
                    Identity = m.Identity,
                    State = draining.Contains(m) ? WorkerState.Draining : WorkerState.Ready,
                    TokensPerSecond = 1000,
                }),
            ],
        },
    };
}
