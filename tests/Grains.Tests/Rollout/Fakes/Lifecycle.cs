namespace Reranker.Grains.Tests.Rollout.Fakes;

/// <summary>A silo's lifecycle with one participant, which a test starts and stops.</summary>
internal sealed class Lifecycle : ISiloLifecycle, IDisposable
{
    private ILifecycleObserver _observer = null!;

    public int HighestCompletedStage => 0;

    public int LowestStoppedStage => 0;

    public static async Task<Lifecycle> StartAsync(ILifecycleParticipant<ISiloLifecycle> participant)
    {
        var lifecycle = new Lifecycle();
        participant.Participate(lifecycle);
        await lifecycle._observer.OnStart(CancellationToken.None);
        return lifecycle;
    }

    public Task StopAsync() => _observer.OnStop(CancellationToken.None);

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        _observer = observer;
        return this;
    }

    public void Dispose()
    {
    }
}
