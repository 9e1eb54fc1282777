using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Primitives;
using Reranker.Grains.Rollout;
using Reranker.Grains.Tests.Dispatch.Fakes;
using Reranker.Grains.Workers;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Rollout.Fakes;

/// <summary>A reconciler that runs, on a silo that is alone in its cluster.</summary>
internal sealed class ReconciledSilo : IAsyncDisposable
{
    public static readonly SiloAddress Address = SiloAddress.New(IPAddress.Loopback, 11_111, 1);

    private readonly ModelReconciler _reconciler;
    private Lifecycle _lifecycle = null!;

    private ReconciledSilo(TimeProvider time, SiloAddress[] others, Func<SiloAddress, ISiloModelsGrain> other)
    {
        var local = new LocalSilo(Address);
        var options = Options.Create(new FleetOptions());
        var grains = FakeGrains.Create((type, key) => type != typeof(ISiloModelsGrain) ? throw new NotSupportedException()
            : (string)key == Address.ToParsableString() ? new Speaker(this) : other(SiloAddress.FromParsableString((string)key)));
        var peers = new SiloPeers(new Membership([Address, .. others]), local, grains, time, options);
        var fleet = new FleetView(
            grains, new WorkerRegistry(new FakeWorkerHost([], [])), local, Directives, new RandomSource(new Random(1)), time, options, NullLogger<FleetView>.Instance);
        _reconciler = new ModelReconciler(Directives, Host, Host, new ModelPins(), peers, fleet, time, NullLogger<ModelReconciler>.Instance);
    }

    public DirectiveStore Directives { get; } = new();

    public CountingHost Host { get; } = new();

    public static async Task<ReconciledSilo> StartAsync(
        TimeProvider? time = null, SiloAddress[]? others = null, Func<SiloAddress, ISiloModelsGrain>? other = null)
    {
        var silo = new ReconciledSilo(time ?? TimeProvider.System, others ?? [], other ?? (_ => throw new NotSupportedException()));
        silo._lifecycle = await Lifecycle.StartAsync(silo._reconciler);
        return silo;
    }

    public SiloModels Describe() => _reconciler.DescribeModels();

    public async ValueTask DisposeAsync()
    {
        await _lifecycle.StopAsync();
        _reconciler.Dispose();
    }

    private sealed class Speaker(ReconciledSilo silo) : ISiloModelsGrain
    {
        public Task<SiloModels> GetModelsAsync(CancellationToken cancellationToken) => Task.FromResult(silo.Describe());

        public Task<SiloModels> ApplyDirectivesAsync(ModelDirectives directives, CancellationToken cancellationToken)
        {
            silo.Directives.AdoptNewerEntries(directives);
            return Task.FromResult(silo.Describe());
        }

        public Task LearnSiloAsync(string silo, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
