using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reranker.Attempts;
using Reranker.Grains.Fleet;
using Reranker.Grains.Logging;

namespace Reranker.Grains.Dispatch;

/// <summary>
/// Asks a worker after an overdue attempt. Only an answer tells a long queue from a stuck device,
/// and only its absence tells a hung silo: Orleans itself reports one after seconds.
/// </summary>
internal sealed partial class AttemptInquiry(
    FleetView fleet, TimeProvider time, IOptions<DispatchOptions> options, ILogger<AttemptInquiry> logger)
{
    /// <summary>How the attempt stands, and when to ask again if nothing is done about it. Never throws.</summary>
    public async Task<(AttemptStanding Standing, TimeSpan LookAgain)> AskStandingAsync(DispatchJob job, Attempt attempt, CancellationToken stop)
    {
        var worker = attempt.Worker;
        using var limit = new CancellationTokenSource(options.Value.ProbeTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var progress = await worker.Grain.GetProgressAsync(job.Identity, job.RequestId, linked.Token);
            worker.Estimate.TakeReport(progress.Load);
            var standing = AttemptPolicy.ClassifyProgress(options.Value, progress);
            if (standing == AttemptStanding.Stuck)
            {
                LogStuck(worker.Name, progress.RunningMicroseconds / 1000, progress.PredictedMicroseconds / 1000);
            }

            return (standing, AttemptPolicy.FindInquiryDelay(options.Value, worker.Estimate.GetModel(job.Identity).Wait));
        }
        catch (Exception e)
        {
            if (stop.IsCancellationRequested)
            {
                return (AttemptStanding.Waiting, options.Value.MinAttemptTimeout);
            }

            fleet.Penalize(worker.Key.Silo);
            LogHung(worker.Key.Silo, e.GetType().Name);
            return (AttemptStanding.Silent, options.Value.MinAttemptTimeout);
        }
    }

    [LoggerMessage(GrainsEventIds.AttemptStuck, LogLevel.Warning, "Worker {Worker} is stuck: a run takes {Milliseconds} ms where {Predicted} ms were predicted")]
    private partial void LogStuck(string worker, long milliseconds, long predicted);

    [LoggerMessage(GrainsEventIds.SiloHung, LogLevel.Warning, "Silo {Silo} does not answer ({Reason}); its work is sent elsewhere")]
    private partial void LogHung(SiloAddress silo, string reason);
}
