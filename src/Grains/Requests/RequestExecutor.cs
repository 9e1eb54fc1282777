using Microsoft.Extensions.Logging;
using Reranker.Attempts;
using Reranker.Grains.Fleet;
using Reranker.Grains.Logging;
using Reranker.Grains.Models;
using Reranker.Grains.Routing;
using Reranker.Grains.Telemetry;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>
/// Takes a request to its reply: checks it, holds it to its deadline, pins the model's identity, and starts again when that
/// vanishes. Runs on the scheduler of the grain that calls it.
/// </summary>
internal sealed partial class RequestExecutor(
    ModelResolver models,
    ModelPins pins,
    DirectiveStore directives,
    PinnedExecutor pinned,
    RunningParts running,
    FleetView fleet,
    ILocalSiloDetails silo,
    TimeProvider time,
    ILogger<RequestExecutor> logger)
{
    // A model may be replaced while a request runs. More restarts than this within one deadline mean that something else is wrong.
    private const int MaxRestarts = 3;

    /// <summary>Address of this silo.</summary>
    public string Silo { get; } = silo.SiloAddress.ToParsableString();

    /// <summary>Runs one request to its reply. Failures are values; only the caller's own cancellation is thrown.</summary>
    public async Task<RerankReply> RunAsync(RerankRequest request, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var activity = GrainsTelemetry.Source.StartActivity("rerank");
        var parts = running.OpenParts(request);
        RerankReply reply;
        try
        {
            reply = await RunWithinDeadlineAsync(request, parts, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            RequestMetrics.CountCancelled();
            activity?.SetTag("reranker.outcome", "Cancelled");
            throw;
        }
        catch (ObjectDisposedException)
        {
            // This silo stops. After Unavailable the caller goes to another silo; after Failed it would not.
            reply = Replies.CreateError(RerankOutcome.Unavailable, "The silo is stopping.");
        }
        catch (Exception e)
        {
            // Only the type and the trace: an exception's message could quote a text.
            LogBroken(e.GetType().FullName, e.StackTrace);
            reply = Replies.CreateError(RerankOutcome.Failed, "The request failed inside the reranker.");
        }
        finally
        {
            running.CloseParts(request, parts);
        }

        var elapsed = time.GetElapsedTime(start);
        RequestMetrics.CountRequest(reply.Outcome, elapsed);
        activity?.SetTag("reranker.outcome", reply.Outcome.ToString());
        return reply with
        {
            Silo = Silo,
            Silos = fleet.Silos,
            Timings = reply.Timings with { TotalMicroseconds = (long)elapsed.TotalMicroseconds },
        };
    }

    private async Task<RerankReply> RunWithinDeadlineAsync(RerankRequest request, RequestParts? parts, CancellationToken cancellationToken)
    {
        if (RequestLimits.FindProblem(request, out _) is { } error)
        {
            return Replies.CreateError(RerankOutcome.Invalid, error);
        }

        var remaining = TimeSpan.FromMilliseconds(Math.Min(request.RemainingMilliseconds, Limits.MaxDeadline.TotalMilliseconds));
        if (remaining <= TimeSpan.Zero)
        {
            return Replies.CreateExpired();
        }

        var deadline = new Deadline(time, remaining);
        using var limit = new CancellationTokenSource(remaining, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reply = await RunOnceAsync(request, deadline, parts, linked.Token);
            for (var restart = 0; reply is null && restart < MaxRestarts; restart++)
            {
                RequestMetrics.CountRestart();
                LogRestarted();
                parts?.DropRun();
                reply = await RunOnceAsync(request, deadline, parts, linked.Token);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return reply ?? Replies.CreateUnavailable("The model's workers changed while the request ran.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Replies.CreateExpired();
        }
    }

    // Null when the pinned identity vanished: no slot of this run may be used then.
    private async Task<RerankReply?> RunOnceAsync(RerankRequest request, Deadline deadline, RequestParts? parts, CancellationToken stop)
    {
        while (true)
        {
            var resolution = models.ResolveModel(request.Model, request.RouteKey);
            if (resolution.Model is not { } model)
            {
                return resolution.Outcome == RerankOutcome.Unavailable
                    ? Replies.CreateUnavailable(resolution.Error!)
                    : Replies.CreateError(resolution.Outcome, resolution.Error!);
            }

            using var pin = pins.PinRequest(model.Identity);

            // A model that was retired between the choice and the pin may have been counted as unused already, so the choice
            // is made again. No work was begun, and a retired model is not chosen twice.
            if (!directives.Current.IsRetired(model.Identity))
            {
                return await pinned.RunPinnedAsync(request, model, resolution.MaxPairTokens, deadline, parts, stop);
            }
        }
    }

    [LoggerMessage(GrainsEventIds.RequestRestarted, LogLevel.Information, "A request starts again: no worker serves its model identity any more")]
    private partial void LogRestarted();

    [LoggerMessage(GrainsEventIds.RequestBroken, LogLevel.Error, "A request failed with {Exception} at {Trace}")]
    private partial void LogBroken(string? exception, string? trace);
}
