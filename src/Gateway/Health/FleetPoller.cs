using Microsoft.Extensions.Options;
using Reranker.Client;
using Reranker.Fleet;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Logging;

namespace Reranker.Gateway.Health;

/// <summary>
/// Asks the fleet for its state once a second, so that readiness is known without a request and admission has a hint
/// before the first one.
/// </summary>
internal sealed partial class FleetPoller(
    IFleetInfo fleet,
    IHostApplicationLifetime lifetime,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<FleetPoller> logger) : BackgroundService
{
    private volatile FleetAnswer? _answer;
    private bool? _answers;

    /// <summary>The fleet as last heard; null when that is too long ago, or no silo can be reached any more.</summary>
    public FleetInfo? Current =>
        _answer is { } answer && fleet.IsReachable && time.GetElapsedTime(answer.Timestamp) <= options.Value.FleetMaxAge ? answer.Info : null;

    /// <summary>Whether a request would be scored: a worker is ready, and this process is not about to end.</summary>
    public bool IsReady =>
        !lifetime.ApplicationStopping.IsCancellationRequested && Current is { } info && info.Models.Any(static model => model.ReadyWorkers > 0);

    /// <summary>Asks once.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            var info = await fleet.GetFleetAsync(cancellationToken);
            _answer = new FleetAnswer(info, time.GetTimestamp());
            if (UpdateReachable(isReachable: true))
            {
                LogFleetReachable(logger, info.Workers.Length);
            }
        }
        catch (RerankException exception)
        {
            if (UpdateReachable(isReachable: false))
            {
                LogFleetUnreachable(logger, exception.InnerException?.GetType().Name, exception.InnerException?.Message);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody foresaw it, so its stack is worth a line; and the fleet is asked again like after any other.
            if (UpdateReachable(isReachable: false))
            {
                LogFleetUnknown(logger, exception);
            }
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

    /// <summary>Only changes are logged: an outage is one line, not one a second.</summary>
    private bool UpdateReachable(bool isReachable)
    {
        var changed = _answers != isReachable;
        _answers = isReachable;
        return changed;
    }

    private sealed record FleetAnswer(FleetInfo Info, long Timestamp);

    [LoggerMessage(GatewayEventIds.FleetReachable, LogLevel.Information, "The fleet answers and has {Workers} workers")]
    private static partial void LogFleetReachable(ILogger logger, int workers);

    [LoggerMessage(GatewayEventIds.FleetUnreachable, LogLevel.Warning, "The fleet does not answer ({Exception}: {Reason})")]
    private static partial void LogFleetUnreachable(ILogger logger, string? exception, string? reason);

    [LoggerMessage(GatewayEventIds.FleetUnknown, LogLevel.Error, "The fleet does not answer, for a reason that nobody foresaw")]
    private static partial void LogFleetUnknown(ILogger logger, Exception exception);
}
