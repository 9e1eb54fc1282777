using Microsoft.Extensions.Logging;
using Reranker.Grains.Logging;
using Reranker.Grains.Workers;

namespace Reranker.Grains.Hosting;

/// <summary>
/// Loads the workers before the silo becomes active, so that it joins only when it can serve. Stages stop in reverse,
/// so the workers outlive the grains that call them.
/// </summary>
internal sealed partial class WorkerLifecycle(IWorkerHost host, TimeProvider time, ILogger<WorkerLifecycle> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(nameof(WorkerLifecycle), ServiceLifecycleStage.ApplicationServices, StartAsync, StopAsync);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        await host.StartAsync(cancellationToken);
        LogStarted(host.Workers.Count, time.GetElapsedTime(start).TotalMilliseconds);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        await host.StopAsync(cancellationToken);
        LogStopped(time.GetElapsedTime(start).TotalMilliseconds);
    }

    [LoggerMessage(GrainsEventIds.WorkersStarted, LogLevel.Information, "{Workers} workers are ready after {Milliseconds:F0} ms")]
    private partial void LogStarted(int workers, double milliseconds);

    [LoggerMessage(GrainsEventIds.WorkersStopped, LogLevel.Information, "Workers are drained after {Milliseconds:F0} ms")]
    private partial void LogStopped(double milliseconds);
}
