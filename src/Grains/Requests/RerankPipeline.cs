using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Reranker.Attempts;
using Reranker.Fleet;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Telemetry;
using Reranker.Inference.Tokenization;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>
/// A request from text to logits: validate, pin the model's identity, tokenize, score, assemble. Runs on the scheduler
/// of the grain that calls it.
/// </summary>
internal sealed partial class RerankPipeline(
    ModelResolver models,
    ModelPins pins,
    DirectivesCell directives,
    PairScorer scorer,
    WorkerChooser chooser,
    FleetReporter reporter,
    FleetView fleet,
    TokenDensities densities,
    RequestMemory requests,
    ILocalSiloDetails silo,
    TimeProvider time,
    ILogger<RerankPipeline> logger)
{
    // Hashing this many characters takes about 0.2 ms; more leave the grain's turn.
    private const int LargeRequest = 262_144;

    // A model may be replaced once while a request runs; more often within a deadline is no replacement but a disorder.
    private const int MaxRestarts = 3;

    /// <summary>Address of this silo.</summary>
    public string Silo { get; } = silo.SiloAddress.ToParsableString();

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
        catch (ObjectDisposedException)
        {
            // This silo stops. The caller goes to another one, which it does not after a failure.
            reply = Replies.Error(RerankOutcome.Unavailable, "The silo is stopping.");
        }
        catch (Exception e)
        {
            // The type only: a message of code below could quote what it was given.
            LogBroken(e.GetType().FullName, e.StackTrace);
            reply = Replies.Error(RerankOutcome.Failed, "The request failed inside the reranker.");
        }

        var elapsed = time.GetElapsedTime(start);
        RequestMetrics.Finished(reply.Outcome, elapsed);
        activity?.SetTag("reranker.outcome", reply.Outcome.ToString());
        return reply with
        {
            Silo = Silo,
            Silos = fleet.Silos,
            Timings = reply.Timings with { TotalMicroseconds = (long)elapsed.TotalMicroseconds },
        };
    }

    private async Task<RerankReply> RunWithinDeadlineAsync(RerankRequest request, CancellationToken cancellationToken)
    {
        if (RequestLimits.FindProblem(request, out _) is { } error)
        {
            return Replies.Error(RerankOutcome.Invalid, error);
        }

        var remaining = TimeSpan.FromMilliseconds(Math.Min(request.RemainingMilliseconds, Limits.MaxDeadline.TotalMilliseconds));
        if (remaining <= TimeSpan.Zero)
        {
            return Replies.Expired();
        }

        var deadline = new Deadline(time, remaining);
        using var limit = new CancellationTokenSource(remaining, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reply = await RunOnceAsync(request, deadline, linked.Token);
            for (var restart = 0; reply is null && restart < MaxRestarts; restart++)
            {
                RequestMetrics.Restarted();
                LogRestarted();
                reply = await RunOnceAsync(request, deadline, linked.Token);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return reply ?? Replies.Unavailable("The model's workers changed while the request ran.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Replies.Expired();
        }
    }

    // Null when the pinned identity vanished: no slot of this run may be used then.
    private async Task<RerankReply?> RunOnceAsync(RerankRequest request, Deadline deadline, CancellationToken stop)
    {
        while (true)
        {
            var resolution = models.Resolve(request.Model, request.RouteKey);
            if (resolution is not { Model: { } model, Served: { } served })
            {
                return resolution.Outcome == RerankOutcome.Unavailable
                    ? Replies.Unavailable(resolution.Error!)
                    : Replies.Error(resolution.Outcome, resolution.Error!);
            }

            using var pin = pins.Add(model.Identity);

            // Retired between the choice and the pin, it may have been counted as unused already: the choice is made
            // again. No work was begun, and what is retired is not chosen twice.
            if (!directives.Current.IsRetired(model.Identity))
            {
                return await RunPinnedAsync(request, model, served, deadline, stop);
            }
        }
    }

    private async Task<RerankReply?> RunPinnedAsync(
        RerankRequest request, CatalogModel model, ModelInfo served, Deadline deadline, CancellationToken stop)
    {
        Activity.Current?.SetTag("reranker.model", model.Name)
            .SetTag("reranker.model_identity", model.Identity)
            .SetTag("reranker.passages", request.Passages.Length);

        var rule = Rule(request.Truncation, served.MaxPairTokens);
        using var memory = requests.TryTake(request, rule);
        if (memory is null)
        {
            return Replies.Busy("The silo has as many texts in progress as it may hold.", TimeSpan.FromSeconds(1));
        }

        var isLarge = request.Passages.Sum(static p => (long)p.Length) > LargeRequest;
        var passages = isLarge
            ? await Task.Run(() => DistinctPassages.Of(request.Passages), stop)
            : DistinctPassages.Of(request.Passages);
        TokenizedRequest texts;
        var start = time.GetTimestamp();
        try
        {
            texts = await model.Tokenizer.TokenizeAsync(request.Query, passages.Texts, rule, request.Tenant, stop);
        }
        catch (PairTooLongException e)
        {
            // Its index counts the distinct texts; the caller knows its passages.
            return Replies.Error(RerankOutcome.TooLong, e.Renumbered(passages.FirstPassageOf).Message);
        }

        var tokenization = time.GetElapsedTime(start);

        // Of refused requests too: what is refused for a wrong estimate must not keep the estimate wrong.
        densities.Observe(model.Identity, texts.Characters, texts.QueryIds.Length + texts.PassageIds.Sum(static ids => (long)ids.Length));
        if (ChunkedTexts.Count(texts, rule) is > Limits.MaxPairs and var chunks)
        {
            return Replies.Error(RerankOutcome.TooLong, $"The passages have {chunks} chunks together; at most {Limits.MaxPairs} are allowed.");
        }

        var pairs = isLarge ? await Task.Run(() => RequestPairs.Of(passages, texts, rule), stop) : RequestPairs.Of(passages, texts, rule);

        // A small text stays, counted, so that its request can start again here should the model be replaced meanwhile.
        var isDropped = isLarge && request.TryDropTexts();
        passages.DropTexts();
        RequestMemory.Settle(memory, request, pairs.Pairs, areTextsKept: !isLarge);
        var scores = await scorer.ScoreAsync(model, pairs.Pairs, request.Tenant, deadline, stop);
        if (scores.Outcome == RerankOutcome.UnknownModel)
        {
            RequestMetrics.Discarded(scores.SentTokens);
            return isDropped ? Replies.Unavailable("The model's workers changed while the request ran.") : null;
        }

        var reply = scores.Outcome == RerankOutcome.Ok ? Assemble(model, texts, pairs, scores) : Refuse(scores, model.Identity, stop);
        return reply with
        {
            Hint = reporter.Hint(model.Identity),
            WorkerMicroseconds = scores.WorkerMicroseconds,
            Timings = scores.Timings with { TokenizationMicroseconds = (long)tokenization.TotalMicroseconds },
        };
    }

    private static RerankReply Assemble(CatalogModel model, TokenizedRequest texts, RequestPairs pairs, PairScores scores)
    {
        var tokens = pairs.PairTokens();
        var all = tokens.Sum(static t => (long)t);
        var duplicates = all - scores.SentTokens - scores.CachedTokens;
        RequestMetrics.Scored(model.Name, model.Identity, tokens.Length, scores.SentTokens, duplicates, scores.CachedTokens);
        Activity.Current?.SetTag("reranker.tokens", all)
            .SetTag("reranker.duplicate_tokens", duplicates)
            .SetTag("reranker.cached_tokens", scores.CachedTokens);
        return new RerankReply
        {
            Outcome = RerankOutcome.Ok,
            Logits = pairs.Logits(scores.Logits),
            PairTokens = tokens,
            CutTokens = pairs.CutTokens(),
            Chunks = pairs.Chunks(),
            QueryTokens = texts.QueryIds.Length,
            QueryCutTokens = texts.QueryCutTokens,
            Model = model.Name,
            ModelIdentity = model.Identity,
        };
    }

    private RerankReply Refuse(PairScores scores, string identity, CancellationToken stop)
    {
        switch (scores.Outcome)
        {
            case RerankOutcome.Busy when scores.Excess is { } excess:
                return Replies.Busy("The fleet cannot finish the request before its deadline.", excess);
            case RerankOutcome.Busy:
                return Replies.Busy("Every worker has more work than fits before the deadline.", chooser.ShortestWait(identity));
            case RerankOutcome.Unavailable:
                return Replies.Unavailable("No worker of the model could be reached.");
            case RerankOutcome.Failed:
                return Replies.Error(RerankOutcome.Failed, "Inference failed, and so did its repetitions.");
            default:
                // A caller who cancelled is told nothing; it may be the deadline, too, which ends the same way.
                stop.ThrowIfCancellationRequested();
                return Replies.Expired();
        }
    }

    private static TruncationRule Rule(TruncationOptions truncation, int modelLimit) => new(
        Math.Min(truncation.MaxPairTokens ?? modelLimit, modelLimit),
        truncation.Strategy == TruncationStrategy.LongestFirst,
        truncation.Side == TruncationSide.Left,
        truncation.Allowed,
        truncation.MaxPassageTokens,
        truncation.MaxQueryTokens,
        truncation.MaxChunks,
        truncation.ChunkOverlap);

    [LoggerMessage(EventIds.RequestRestarted, LogLevel.Information, "A request starts again: no worker serves its model identity any more")]
    private partial void LogRestarted();

    [LoggerMessage(EventIds.RequestBroken, LogLevel.Error, "A request failed with {Exception} at {Trace}")]
    private partial void LogBroken(string? exception, string? trace);
}
