using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Telemetry;
using Reranker.Grains.Workers;
using Reranker.Inference.Tokenization;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>
/// A request from text to logits: validate, pin the model's identity, tokenize, plan, dispatch, assemble. Runs on the
/// scheduler of the grain that calls it.
/// </summary>
internal sealed partial class RerankPipeline(
    ModelResolver models,
    WorkerChooser chooser,
    SubBatchDispatcher dispatcher,
    FleetReporter reporter,
    TokenDensity density,
    RandomSource random,
    ILocalSiloDetails silo,
    TimeProvider time,
    IOptions<DispatchOptions> options,
    ILogger<RerankPipeline> logger)
{
    // Sorting and summing this many passages takes about 0.2 ms; more leave the grain's turn.
    private const int LargePlan = 2_000;

    private readonly string _silo = silo.SiloAddress.ToParsableString();

    /// <summary>Runs one request to its reply. Failures are values; only the caller's own cancellation is thrown.</summary>
    public async Task<RerankReply> RunAsync(RerankRequest request, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var activity = GrainsTelemetry.Source.StartActivity("rerank");
        RerankReply reply;
        try
        {
            reply = await RunWithinDeadlineAsync(request, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            RequestMetrics.Cancelled();
            activity?.SetTag("reranker.outcome", "Cancelled");
            throw;
        }
        catch (Exception e)
        {
            // The type only: a message of code below could quote what it was given.
            LogBroken(e.GetType().FullName, e.StackTrace);
            reply = Error(RerankOutcome.Failed, "The request failed inside the reranker.");
        }

        var elapsed = time.GetElapsedTime(start);
        RequestMetrics.Finished(reply.Outcome, elapsed);
        activity?.SetTag("reranker.outcome", reply.Outcome.ToString());
        return reply with
        {
            Silo = _silo,
            Timings = reply.Timings with { TotalMicroseconds = (long)elapsed.TotalMicroseconds },
        };
    }

    private async Task<RerankReply> RunWithinDeadlineAsync(RerankRequest request, CancellationToken cancellationToken)
    {
        if (RequestValidator.Check(request) is { } error)
        {
            return Error(RerankOutcome.Invalid, error);
        }

        var remaining = TimeSpan.FromMilliseconds(Math.Min(request.RemainingMilliseconds, Limits.MaxDeadline.TotalMilliseconds));
        if (remaining <= TimeSpan.Zero)
        {
            return Expired();
        }

        var deadline = new Deadline(time, remaining);
        using var limit = new CancellationTokenSource(remaining, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reply = await RunOnceAsync(request, deadline, linked.Token);
            if (reply is null)
            {
                RequestMetrics.Restarted();
                LogRestarted();
                reply = await RunOnceAsync(request, deadline, linked.Token);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return reply ?? Error(RerankOutcome.Unavailable, "The model's workers changed while the request ran.") with
            {
                RetryAfterMilliseconds = RetryAfter(TimeSpan.Zero),
            };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Expired();
        }
    }

    // Null when the pinned identity vanished: no slot of this run may be used then.
    private async Task<RerankReply?> RunOnceAsync(RerankRequest request, Deadline deadline, CancellationToken stop)
    {
        var resolution = models.Resolve(request.Model);
        if (resolution is not { Model: { } model, Served: { } served })
        {
            return Error(resolution.Outcome, resolution.Error!) with
            {
                RetryAfterMilliseconds = resolution.Outcome == RerankOutcome.Unavailable ? RetryAfter(TimeSpan.Zero) : 0,
            };
        }

        Activity.Current?.SetTag("reranker.model", model.Name)
            .SetTag("reranker.model_identity", model.Identity)
            .SetTag("reranker.passages", request.Passages.Length);

        var start = time.GetTimestamp();
        TokenizedRequest tokenized;
        try
        {
            tokenized = await model.Tokenizer.TokenizeAsync(
                request.Query, request.Passages, Rule(request.Truncation, served.MaxPairTokens), stop);
        }
        catch (PairTooLongException e)
        {
            return Error(RerankOutcome.TooLong, e.Message);
        }

        var tokenization = time.GetElapsedTime(start);
        var bytesPerId = PairPacking.BytesPerId(model.Manifest.Shape.Vocabulary);
        var workers = chooser.Eligible(model.Identity);
        if (workers.Length == 0)
        {
            // It had workers when it was resolved. If they are gone for good, resolving again says so.
            return null;
        }

        var (work, plan) = await PlanAsync(tokenized, bytesPerId, workers);
        if (TooLate(plan, workers, deadline) is { } busy)
        {
            return busy with { Hint = reporter.Hint(model.Identity) };
        }

        var job = new DispatchJob(
            Guid.NewGuid(), request.Tenant, model.Identity, tokenized, bytesPerId, plan, workers, deadline);
        var verdict = await dispatcher.RunAsync(job, stop);
        if (verdict == Verdict.IdentityGone)
        {
            RequestMetrics.Discarded(work.PairTokens.Sum(t => (long)t));
            return null;
        }

        var reply = verdict == Verdict.Ok ? Assemble(model, work, tokenized, job) : Refuse(verdict, model.Identity, stop);
        return reply with
        {
            Hint = reporter.Hint(model.Identity),
            Timings = new RerankTimings
            {
                TokenizationMicroseconds = (long)tokenization.TotalMicroseconds,
                QueueMicroseconds = job.Slots.QueueMicroseconds,
                InferenceMicroseconds = job.Slots.InferenceMicroseconds,
                SubBatches = plan.SubBatches.Length,
            },
        };
    }

    private async Task<(PlanWork Work, Plan Plan)> PlanAsync(TokenizedRequest tokenized, byte bytesPerId, FleetWorker[] workers)
    {
        using var activity = GrainsTelemetry.Source.StartActivity("plan");
        var candidates = Array.ConvertAll(workers, chooser.Candidate);
        var result = tokenized.PassageIds.Length > LargePlan ? await Task.Run(Create) : Create();
        RequestMetrics.Planned(result.Plan.SubBatches.Length, result.Plan.Workers);
        activity?.SetTag("reranker.candidates", workers.Length)
            .SetTag("reranker.sub_batches", result.Plan.SubBatches.Length)
            .SetTag("reranker.workers", result.Plan.Workers)
            .SetTag("reranker.expected_ms", result.Plan.ExpectedSeconds * 1000);
        return result;

        (PlanWork Work, Plan Plan) Create()
        {
            var work = PlanWork.Of(tokenized, bytesPerId);
            return (work, SubBatchPlanner.Create(work, candidates, options.Value, random));
        }
    }

    // A refusal now is worth more to the caller than an expiry later; but only measured workers can be so sure, and how
    // much of its queue goes before a request is the worker's to say: a tenant with a long queue must not get others refused.
    private static RerankReply? TooLate(Plan plan, FleetWorker[] workers, Deadline deadline)
    {
        var least = TimeSpan.FromSeconds(Math.Min(plan.LeastSeconds, Limits.MaxDeadline.TotalSeconds * 10));
        var remaining = deadline.Remaining;
        return least <= remaining || Array.Exists(plan.SubBatches, s => !workers[s.Candidate].Estimate.IsMeasured)
            ? null
            : Error(RerankOutcome.Busy, "The fleet cannot finish the request before its deadline.") with
            {
                RetryAfterMilliseconds = RetryAfter(least - remaining),
            };
    }

    private RerankReply Assemble(CatalogModel model, PlanWork work, TokenizedRequest tokenized, DispatchJob job)
    {
        long tokens = 0, textTokens = tokenized.QueryIds.Length;
        for (var i = 0; i < work.PairTokens.Length; i++)
        {
            tokens += work.PairTokens[i];
            textTokens += work.PassageTokens[i];
        }

        density.Observe(tokenized.Characters, textTokens);
        RequestMetrics.Scored(work.PairTokens.Length, tokens);
        Activity.Current?.SetTag("reranker.tokens", tokens);
        return new RerankReply
        {
            Outcome = RerankOutcome.Ok,
            Logits = job.Slots.TakeLogits(),
            PairTokens = work.PairTokens,
            CutTokens = tokenized.CutTokens,
            QueryTokens = tokenized.QueryIds.Length,
            QueryCutTokens = tokenized.QueryCutTokens,
            Model = model.Name,
            ModelIdentity = model.Identity,
        };
    }

    private RerankReply Refuse(Verdict verdict, string identity, CancellationToken stop)
    {
        switch (verdict)
        {
            case Verdict.Busy:
                return Error(RerankOutcome.Busy, "Every worker has more work than fits before the deadline.") with
                {
                    RetryAfterMilliseconds = RetryAfter(chooser.ShortestWait(identity)),
                };
            case Verdict.Unavailable:
                return Error(RerankOutcome.Unavailable, "No worker of the model could be reached.") with
                {
                    RetryAfterMilliseconds = RetryAfter(TimeSpan.Zero),
                };
            case Verdict.Failed:
                return Error(RerankOutcome.Failed, "Inference failed, and so did its repetitions.");
            case Verdict.Cancelled:
                stop.ThrowIfCancellationRequested();
                goto default;
            default:
                return Expired();
        }
    }

    private static TruncationRule Rule(TruncationOptions truncation, int modelLimit) => new(
        Math.Min(truncation.MaxPairTokens ?? modelLimit, modelLimit),
        truncation.Strategy == TruncationStrategy.LongestFirst,
        truncation.Side == TruncationSide.Left,
        truncation.Allowed,
        truncation.MaxPassageTokens,
        truncation.MaxQueryTokens);

    private static RerankReply Expired() => Error(RerankOutcome.Expired, "The deadline passed.");

    private static RerankReply Error(RerankOutcome outcome, string message) => new() { Outcome = outcome, Error = message };

    // Not sooner than a fleet can change, not later than a caller would believe.
    private static int RetryAfter(TimeSpan backlog) => (int)Math.Clamp(Math.Ceiling(backlog.TotalMilliseconds), 250, 60_000);

    [LoggerMessage(EventIds.RequestRestarted, LogLevel.Information, "A request starts again: no worker serves its model identity any more")]
    private partial void LogRestarted();

    [LoggerMessage(EventIds.RequestBroken, LogLevel.Error, "A request failed with {Exception} at {Trace}")]
    private partial void LogBroken(string? exception, string? trace);
}
