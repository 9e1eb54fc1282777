using Microsoft.Extensions.Options;
using Reranker.Client;
using Reranker.Fleet;
using Reranker.Gateway.Telemetry;

namespace Reranker.Gateway.Health;

/// <summary>
/// Asks the fleet for its state once a second, so that readiness is known without a request and admission has a hint
/// before the first one.
/// </summary>
internal sealed partial class FleetMonitor(
    IFleetInfo fleet,
    IHostApplicationLifetime lifetime,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<FleetMonitor> logger) : BackgroundService
{
    private volatile Snapshot? _snapshot;

    /// <summary>The fleet as last heard; null when that is too long ago.</summary>
    public FleetInfo? Current =>
        _snapshot is { } snapshot && time.GetElapsedTime(snapshot.Timestamp) <= options.Value.FleetMaxAge ? snapshot.Info : null;

    /// <summary>The newest hint of any reply.</summary>
    public FleetHint? Hint => fleet.Hint;

    /// <summary>Whether a request would be scored: a worker is ready, and this process is not about to end.</summary>
    public bool IsReady =>
        !lifetime.ApplicationStopping.IsCancellationRequested && Current is { } info && info.Models.Any(static model => model.ReadyWorkers > 0);

    /// <summary>Asks once.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var wasKnown = Current is not null;
        try
        {
            var info = await fleet.GetFleetAsync(cancellationToken);
            _snapshot = new Snapshot(info, time.GetTimestamp());
            if (!wasKnown)
            {
                LogFleetReachable(logger, info.Workers.Length);
            }
        }
        catch (RerankException exception)
        {
            LogFleetUnreachable(logger, exception);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.FleetPollInterval, time);
        do
        {
            await RefreshAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private sealed record Snapshot(FleetInfo Info, long Timestamp);

    [LoggerMessage(EventIds.FleetReachable, LogLevel.Information, "The fleet answers; it has {Workers} workers.")]
    private static partial void LogFleetReachable(ILogger logger, int workers);

    [LoggerMessage(EventIds.FleetUnreachable, LogLevel.Warning, "The fleet does not answer.")]
    private static partial void LogFleetUnreachable(ILogger logger, Exception exception);
}
