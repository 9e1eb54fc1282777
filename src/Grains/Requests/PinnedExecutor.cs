using System.Diagnostics;
using Reranker.Attempts;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Inference.Tokenization;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>Runs a request with the model it is pinned to, from texts to logits: tokenizes, has the pairs scored, assembles the reply.</summary>
internal sealed class PinnedExecutor(
    PairScorer scorer, WorkerChooser chooser, FleetReporter reporter, TokenDensities densities, RequestMemory requests, TimeProvider time)
{
    // Hashing this many characters takes about 0.2 ms; more leave the grain's turn.
    private const int LargeRequest = 262_144;

    /// <summary>Runs one request to its reply; null when the identity vanished: nothing of this run may be used then.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">What it is pinned to.</param>
    /// <param name="maxPairTokens">Most tokens of a pair that all workers of the model take.</param>
    /// <param name="deadline">When it must have ended.</param>
    /// <param name="parts">Hears of scores before all are known; null when nobody asks for them.</param>
    /// <param name="stop">Cancelled by the caller or at the deadline.</param>
    public async Task<RerankReply?> RunPinnedAsync(
        RerankRequest request, CatalogModel model, int maxPairTokens, Deadline deadline, RequestParts? parts, CancellationToken stop)
    {
        Activity.Current?.SetTag("reranker.model", model.Name)
            .SetTag("reranker.model_identity", model.Identity)
            .SetTag("reranker.passages", request.Passages.Length);

        var rule = CreateRule(request, maxPairTokens) with { SpecialTokens = model.Tokenizer.Template.SpecialTokens };
        using var memory = requests.TryTakeRequest(request, rule);
        if (memory is null)
        {
            return Replies.CreateBusy("The silo has as many texts in progress as it may hold.", TimeSpan.FromSeconds(1));
        }

        var isLarge = request.Passages.Sum(static p => (long)p.Length) > LargeRequest;
        var passages = isLarge
            ? await Task.Run(() => DistinctPassages.FindDistinct(request.Passages), stop)
            : DistinctPassages.FindDistinct(request.Passages);
        TokenizedRequest texts;
        var start = time.GetTimestamp();
        try
        {
            texts = await model.Tokenizer.TokenizeAsync(request.Query, passages.Texts, rule, request.Tenant, stop);
        }
        catch (PairTooLongException e)
        {
            // Its index counts the distinct texts; the caller knows its passages.
            return Replies.CreateError(RerankOutcome.TooLong, e.RenumberPassage(passages.GetFirstPassage).Message);
        }

        var tokenization = time.GetElapsedTime(start);

        // Refused requests count too: a wrong estimate must not refuse the very requests that would correct it.
        densities.ObserveTexts(model.Identity, texts.Characters, texts.QueryIds.Length + texts.PassageIds.Sum(static ids => (long)ids.Length));
        if (ChunkedTexts.CountPairs(texts, rule) is > Limits.MaxPairs and var chunks)
        {
            return Replies.CreateError(RerankOutcome.TooLong, $"The passages have {chunks} chunks together; at most {Limits.MaxPairs} are allowed.");
        }

        var pairs = isLarge ? await Task.Run(() => RequestPairs.FindDistinctPairs(passages, texts, rule), stop) : RequestPairs.FindDistinctPairs(passages, texts, rule);

        // Small texts stay in memory and are counted, so that the request can start again here if its model is replaced.
        var isDropped = isLarge && request.TryDropTexts();
        passages.DropTexts();
        RequestMemory.ShrinkLeaseToTokenized(memory, request, pairs.Pairs, areTextsKept: !isLarge);
        var scores = await scorer.ScorePairsAsync(CreateWork(request, model, pairs, deadline, parts), stop);
        if (scores.Outcome == RerankOutcome.UnknownModel)
        {
            DispatchMetrics.CountDiscardedTokens(scores.SentTokens);
            return isDropped ? Replies.CreateUnavailable("The model's workers changed while the request ran.") : null;
        }

        var reply = scores.Outcome == RerankOutcome.Ok ? CreateReply(model, texts, pairs, scores) : CreateRefusal(scores, model.Identity, stop);
        return reply with
        {
            Hint = reporter.CreateHint(model.Identity),
            WorkerMicroseconds = scores.WorkerMicroseconds,
            Timings = scores.Timings with { TokenizationMicroseconds = (long)tokenization.TotalMicroseconds },
        };
    }

    private static PairWork CreateWork(RerankRequest request, CatalogModel model, RequestPairs pairs, Deadline deadline, RequestParts? parts)
        => new(model, pairs.Pairs, request.Tenant, request.Priority, deadline)
        {
            Filled = parts is null ? null : parts.BeginRun(model.Name, model.Identity, pairs).AddLogits,
        };

    private static RerankReply CreateReply(CatalogModel model, TokenizedRequest texts, RequestPairs pairs, PairScores scores)
    {
        var tokens = pairs.CountPairTokens();
        var all = tokens.Sum(static t => (long)t);
        var duplicates = all - scores.SentTokens - scores.CachedTokens;
        RequestMetrics.CountAnswer(model.Name, model.Identity, tokens.Length, scores.SentTokens, duplicates, scores.CachedTokens);
        Activity.Current?.SetTag("reranker.tokens", all)
            .SetTag("reranker.duplicate_tokens", duplicates)
            .SetTag("reranker.cached_tokens", scores.CachedTokens);
        return new RerankReply
        {
            Outcome = RerankOutcome.Ok,
            Logits = pairs.FindBestLogits(scores.Logits),
            PairTokens = tokens,
            CutTokens = pairs.GetCutTokens(),
            Chunks = pairs.CountChunks(),
            QueryTokens = texts.QueryIds.Length,
            QueryCutTokens = texts.QueryCutTokens,
            Model = model.Name,
            ModelIdentity = model.Identity,
        };
    }

    private RerankReply CreateRefusal(PairScores scores, string identity, CancellationToken stop)
    {
        switch (scores.Outcome)
        {
            case RerankOutcome.Busy when scores.Excess is { } excess:
                return Replies.CreateBusy("The fleet cannot finish the request before its deadline.", excess);
            case RerankOutcome.Busy:
                return Replies.CreateBusy("Every worker has more work than fits before the deadline.", chooser.FindShortestWait(identity));
            case RerankOutcome.Unavailable:
                return Replies.CreateUnavailable("No worker of the model could be reached.");
            case RerankOutcome.Failed:
                return Replies.CreateError(RerankOutcome.Failed, "Inference failed, and so did its repetitions.");
            default:
                // The caller cancelled and is told nothing, or the deadline passed: both cancel the same token.
                stop.ThrowIfCancellationRequested();
                return Replies.CreateExpired();
        }
    }

    private static TruncationRule CreateRule(RerankRequest request, int modelLimit) => new(
        Math.Min(request.Truncation.MaxPairTokens ?? modelLimit, modelLimit),
        request.Truncation.Strategy == TruncationStrategy.LongestFirst,
        request.Truncation.Side == TruncationSide.Left,
        request.Truncation.Allowed,
        request.Truncation.MaxPassageTokens,
        request.Truncation.MaxQueryTokens,
        request.Truncation.MaxChunks,
        request.Truncation.ChunkOverlap,
        AtSentences: request.ChunkAtSentences);
}
