using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Logging;

namespace Reranker.Gateway.Health;

/// <summary>
/// Keeps a gateway that was told to stop serving for a while. It is not ready from the signal on, and what sends it
/// requests needs time to notice; without this, requests would meet a closed port.
/// </summary>
internal sealed partial class DrainBeforeStop(IOptions<GatewayOptions> options, TimeProvider time, ILogger<DrainBeforeStop> logger) : IHostedLifecycleService
{
    /// <summary>Comes before every service is stopped, the web server included.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var delay = options.Value.DrainDelay;
        if (delay > TimeSpan.Zero)
        {
            LogDraining(logger, delay.TotalSeconds);
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(GatewayEventIds.Draining, LogLevel.Information, "The gateway is stopping: it is not ready any more and serves for {Seconds:0.#} s yet")]
    private static partial void LogDraining(ILogger logger, double seconds);
}
