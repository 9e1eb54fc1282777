using Microsoft.Extensions.Hosting;

namespace Reranker.Client.Connection;

/// <summary>Starts another hosted service without holding up the host. If that start fails, the host stops, as with every background service.</summary>
internal sealed class BackgroundStart(IHostedService inner) : BackgroundService
{
    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await inner.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => inner.StartAsync(stoppingToken);
}
