using Reranker.ServiceDefaults.Health;

namespace Reranker.Gateway.Hosting;

/// <summary>Starts a background service that needs the silo of its own process once that silo is a member of its cluster.</summary>
internal sealed class StartBehindSilo(BackgroundService inner, StartProgress silo) : BackgroundService
{
    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await inner.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await silo.Ended.WaitAsync(stoppingToken);
        await inner.StartAsync(stoppingToken);
        await (inner.ExecuteTask ?? Task.CompletedTask);
    }
}
