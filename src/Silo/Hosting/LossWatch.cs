using Microsoft.Extensions.Options;
using Reranker.Grains.Workers;
using Reranker.ServiceDefaults.Health;
using Reranker.Silo.Logging;
using Reranker.Silo.Settings;

namespace Reranker.Silo.Hosting;

/// <summary>
/// Ends the process when it has lost too many devices. It ends as on a signal: no new work, what others can still finish is
/// finished; but with an exit code that tells an orchestrator to start it again.
/// </summary>
internal sealed partial class LossWatch(
    IWorkerHost host,
    StartProgress start,
    IHostApplicationLifetime lifetime,
    IOptions<RerankerSiloOptions> options,
    ILogger<LossWatch> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The silo's start makes the workers.
        await start.Ended.WaitAsync(stoppingToken);
        var policy = options.Value.ExitOnLoss;
        var losses = host.Workers.Select(w => w.Lost).ToArray();
        if (losses.Length == 0 || policy == ExitOnLoss.Never)
        {
            return;
        }

        var enough = policy == ExitOnLoss.Any ? Task.WhenAny(losses) : Task.WhenAll(losses);
        await enough.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        LogExit(losses.Count(l => l.IsCompleted), losses.Length, SiloExitCodes.DeviceLost);
        Environment.ExitCode = SiloExitCodes.DeviceLost;
        lifetime.StopApplication();
    }

    [LoggerMessage(SiloEventIds.DevicesLost, LogLevel.Critical, "{Lost} of {Workers} workers lost their devices; the process ends with exit code {Code}")]
    private partial void LogExit(int lost, int workers, int code);
}
