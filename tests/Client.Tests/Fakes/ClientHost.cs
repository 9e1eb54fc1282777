using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reranker.Client.Connection;
using Reranker.Client.Hosting;
using Reranker.Client.Parts;
using Reranker.Client.Shards;
using Reranker.Fleet;
using Reranker.TestKit.Clocks;

namespace Reranker.Client.Tests.Fakes;

/// <summary>The client as a host registers it, over scripted grains and a fake clock.</summary>
internal sealed class ClientHost : IDisposable
{
    private readonly ServiceProvider _services;

    public ClientHost(Action<RerankerClientOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(Grains.Factory);
        services.AddSingleton<TimeProvider>(Time);
        services.AddRerankerClient(options =>
        {
            options.Seed = 7;
            options.Backoff = TimeSpan.Zero;
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
    }

    public ScriptedGrains Grains { get; } = new();

    public FakeTimeProvider Time { get; } = new SynchronizedTime();

    public IReranker Reranker => _services.GetRequiredService<IReranker>();

    /// <summary>What tells the client of its connections.</summary>
    public ClusterContact Contact => _services.GetRequiredService<ClusterContact>();

    /// <summary>What knows the silos of shards.</summary>
    public ShardHealth Shards => _services.GetRequiredService<ShardHealth>();

    /// <summary>What asks for parts.</summary>
    public PartInquiry Inquiry => _services.GetRequiredService<PartInquiry>();

    public IFleetInfo Fleet => _services.GetRequiredService<IFleetInfo>();

    /// <summary>Waits until the grains have seen so many calls; calls arrive on pool threads.</summary>
    public async Task CallsAsync(int count)
    {
        while (Grains.Calls.Count < count)
        {
            await Task.Yield();
        }
    }

    /// <summary>A request of one passage.</summary>
    public Task<RerankResponse> TryAsync(TimeSpan? deadline = null) =>
        Reranker.TryRerankAsync("q", ["a"], new RerankOptions { Deadline = deadline }, TestContext.Current.CancellationToken);

    /// <summary>Lets the client learn what the fleet says of itself, in the reply to a request.</summary>
    public async Task LearnHintAsync(FleetHint hint)
    {
        Grains.OnRerank = (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request, hint));
        Assert.True((await TryAsync()).IsOk);
        Assert.Equal(hint, Fleet.FindHint());
    }

    public void Dispose() => _services.Dispose();
}
