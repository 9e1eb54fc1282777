using Microsoft.Extensions.Hosting;
using Reranker.Gateway.Hosting;
using Reranker.ServiceDefaults.Health;

namespace Reranker.Gateway.Tests.Hosting;

/// <summary>What asks the silo of its own process waits for it, and ends with the host whether it came or not.</summary>
public sealed class StartBehindSiloTests
{
    private readonly StartProgress _silo = new();
    private readonly Asker _asker = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_asked_before_the_silo_is_there_and_nothing_after_the_stop()
    {
        using var behind = new StartBehindSilo(_asker, _silo);
        await behind.StartAsync(Stop);
        Assert.Null(_asker.ExecuteTask);

        _silo.MarkStarted();
        await _asker.Began.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        Assert.False(behind.ExecuteTask!.IsCompleted);

        await behind.StopAsync(Stop);
        Assert.True(_asker.ExecuteTask!.IsCompleted);
        Assert.True(behind.ExecuteTask.IsCompleted);
    }

    [Fact]
    public async Task A_silo_that_never_came_does_not_hold_up_the_stop()
    {
        using var behind = new StartBehindSilo(_asker, _silo);
        await behind.StartAsync(Stop);

        await behind.StopAsync(Stop);

        Assert.True(behind.ExecuteTask!.IsCanceled);
        Assert.Null(_asker.ExecuteTask);
    }

    [Fact]
    public async Task A_fault_of_what_asks_is_one_of_the_host()
    {
        using var behind = new StartBehindSilo(_asker, _silo);
        _asker.Fault = new InvalidOperationException("nobody foresaw it");
        await behind.StartAsync(Stop);
        _silo.MarkStarted();

        Assert.Same(_asker.Fault, await Assert.ThrowsAsync<InvalidOperationException>(() => behind.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(20), Stop)));
    }

    private sealed class Asker : BackgroundService
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exception? Fault { get; set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Began.TrySetResult();
            await Task.Yield();
            if (Fault is not null)
            {
                throw Fault;
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
        }
    }
}
