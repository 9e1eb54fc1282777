using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reranker.ServiceDefaults.Health;
using Reranker.Silo.Hosting;
using Reranker.Silo.Settings;
using Reranker.TestKit.Cluster;

namespace Reranker.Silo.Tests.Hosting;

/// <summary>A process ends when so many of its workers are lost as its policy says, and tells why by its exit code.</summary>
public sealed class LossWatchTests : IDisposable
{
    private readonly FakeScoringWorker[] _workers = [new(), new() { Ordinal = 1 }];
    private readonly StartProgress _start = new();
    private readonly StoppedLifetime _lifetime = new();
    private readonly int _exitCode = Environment.ExitCode;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Environment.ExitCode = _exitCode;

    [Theory]
    [InlineData(ExitOnLoss.Any, 1)]
    [InlineData(ExitOnLoss.Last, 2)]
    public async Task The_process_ends_with_the_loss_that_is_one_too_many(ExitOnLoss policy, int losses)
    {
        using var watch = await StartAsync(policy);
        foreach (var worker in _workers.Take(losses - 1))
        {
            worker.LostSource.SetResult();
        }

        Assert.False(watch.ExecuteTask!.IsCompleted);
        Assert.False(_lifetime.IsStopped);

        _workers[losses - 1].LostSource.SetResult();
        await watch.ExecuteTask.WaitAsync(Cancelled);
        Assert.True(_lifetime.IsStopped);
        Assert.Equal(SiloExitCodes.DeviceLost, Environment.ExitCode);
    }

    [Fact]
    public async Task Where_the_policy_is_never_the_process_stays()
    {
        Array.ForEach(_workers, w => w.LostSource.SetResult());
        using var watch = await StartAsync(ExitOnLoss.Never);

        await watch.ExecuteTask!.WaitAsync(Cancelled);
        Assert.False(_lifetime.IsStopped);
    }

    [Fact]
    public async Task A_process_that_stops_for_another_reason_keeps_its_exit_code()
    {
        using var watch = await StartAsync(ExitOnLoss.Last);

        await watch.StopAsync(Cancelled);

        Assert.True(watch.ExecuteTask!.IsCompleted);
        Assert.False(_lifetime.IsStopped);
        Assert.Equal(_exitCode, Environment.ExitCode);
    }

    private async Task<LossWatch> StartAsync(ExitOnLoss policy)
    {
        var host = new FakeWorkerHost(_workers, []);
        await host.StartAsync(Cancelled);
        var watch = new LossWatch(
            host, _start, _lifetime, Options.Create(new RerankerSiloOptions { ExitOnLoss = policy }), NullLogger<LossWatch>.Instance);
        await watch.StartAsync(Cancelled);
        Assert.False(_lifetime.IsStopped);
        _start.MarkStarted();
        return watch;
    }

    private sealed class StoppedLifetime : IHostApplicationLifetime
    {
        public bool IsStopped { get; private set; }

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => IsStopped = true;
    }
}
