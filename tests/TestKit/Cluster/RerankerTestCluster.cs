using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;
using Reranker.Fleet;
using Reranker.Grains.Administration;
using Reranker.Grains.Fleet;
using Reranker.Grains.Hosting;
using Reranker.Grains.Models;
using Reranker.Grains.Workers;
using Reranker.Models;
using Reranker.Requests;
using Reranker.ServiceDefaults.Telemetry;

namespace Reranker.TestKit.Cluster;

/// <summary>Silos with fake workers in this process, and a client.</summary>
public sealed class RerankerTestCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly ConcurrentDictionary<string, FakeWorkerHost> _hosts = new();
    private int _started;

    private RerankerTestCluster(TestClusterSettings settings)
    {
        Settings = settings;
        var builder = new InProcessTestClusterBuilder((short)settings.Silos.Count);
        builder.ConfigureSilo((options, silo) =>
        {
            var place = Interlocked.Increment(ref _started) - 1;
            var host = new FakeWorkerHost(settings.Silos[place % settings.Silos.Count], settings.Catalog, settings.Shelf);
            _hosts[options.SiloName] = host;
            silo.Services.AddSingleton<IWorkerHost>(host);
            silo.Services.AddSingleton<IModelCatalog>(host);
            silo.Services.AddSingleton<IModelHost>(host);
            silo.AddRerankerGrains(settings.Dispatch, settings.Fleet);
            silo.AddRerankerTracing();
            silo.Services.Configure<AdminOptions>(o => o.Secret = settings.AdminSecret(place));
            settings.Services(silo.Services);
            silo.Services.AddLogging(l => l.AddProvider(Log));
        });
        builder.ConfigureClient(client => client.AddRerankerTracing());

        // Orleans would wait for its cluster as a client that asks silos for what is not open to clients. We wait for the workers.
        builder.Options.InitializeClientOnDeploy = false;
        _cluster = builder.Build();
    }

    /// <summary>The secret that silos demand, unless the settings say otherwise.</summary>
    public const string AdminSecret = "0123456789abcdef-cluster";

    /// <summary>What it was made of.</summary>
    public TestClusterSettings Settings { get; }

    /// <summary>Everything the silos logged.</summary>
    public CapturingLoggerProvider Log { get; } = new();

    /// <summary>The client.</summary>
    public IClusterClient Client => _cluster.Client;

    /// <summary>The cluster below.</summary>
    public InProcessTestCluster Orleans => _cluster;

    /// <summary>Every worker of the cluster.</summary>
    public IEnumerable<FakeScoringWorker> Workers => Settings.Silos.SelectMany(w => w);

    /// <summary>The worker host of a silo.</summary>
    public FakeWorkerHost Host(string siloName) => _hosts[siloName];

    /// <summary>Services of the silo at that place.</summary>
    public IServiceProvider Services(int silo) => _cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress);

    /// <summary>Starts a cluster and waits until every silo knows every worker.</summary>
    public static async Task<RerankerTestCluster> StartAsync(TestClusterSettings settings)
    {
        var cluster = new RerankerTestCluster(settings);
        await cluster._cluster.DeployAsync();
        await cluster._cluster.InitializeClientAsync();
        await cluster.WaitForWorkersAsync(settings.Silos.Sum(s => s.Count));
        return cluster;
    }

    /// <summary>One silo for each list of workers.</summary>
    public static Task<RerankerTestCluster> StartAsync(params FakeScoringWorker[][] silos)
        => StartAsync(new TestClusterSettings { Silos = silos });

    /// <summary>A request grain; the shard decides which silo takes the request.</summary>
    public IRerankGrain Shard(int shard) => Client.GetGrain<IRerankGrain>(shard);

    /// <summary>Sends a request with a generous deadline unless told otherwise.</summary>
    public Task<RerankReply> RerankAsync(
        string query, string[] passages, int shard = 0, int milliseconds = 30_000, string? model = null, string routeKey = "")
        => Shard(shard).RerankAsync(
            new RerankRequest { Query = query, Passages = passages, RemainingMilliseconds = milliseconds, Model = model, RouteKey = routeKey },
            CancellationToken.None);

    /// <summary>The fleet as some silo sees it.</summary>
    public Task<FleetInfo> FleetAsync() => Client.GetGrain<IFleetInfoGrain>(0).GetFleetAsync(default);

    /// <summary>Changes models, with the secret.</summary>
    public IModelAdminGrain Admin => new AdminWithSecret(Client.GetGrain<IModelAdminGrain>(0), AdminSecret);

    /// <summary>Waits until every silo sees that many workers.</summary>
    public async Task WaitForWorkersAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var silo in _cluster.Silos)
        {
            var fleet = _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<FleetView>();
            while (fleet.Current.Workers.Length != count)
            {
                if (limit.IsCancellationRequested)
                {
                    throw new TimeoutException(
                        $"{silo.Name} sees {string.Join(", ", fleet.Current.Workers.Select(w => w.Name))}\n{string.Join('\n', Log.Lines.Where(l => l.Contains("Reranker", StringComparison.Ordinal)))}");
                }

                await Task.Delay(20);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
