using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Reranker.Client.Logging;
using Reranker.Client.Scores;
using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>Turns the reply of a silo into the response that a caller gets. A reply that does not add up is a failure.</summary>
internal sealed partial class ResponseAssembler(ScoreMapSet maps, ILogger<ResponseAssembler> logger)
{
    // A cluster has few identities in a process' life, and each is said once.
    private readonly ConcurrentDictionary<string, bool> _withoutMap = new(StringComparer.Ordinal);

    /// <summary>The response of a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="passages">Passages of the request.</param>
    public RerankResponse AssembleResponse(RerankReply reply, int passages)
    {
        if (reply.Outcome != RerankOutcome.Ok)
        {
            TimeSpan? retryAfter = reply.Outcome is RerankOutcome.Busy or RerankOutcome.Unavailable
                ? TimeSpan.FromMilliseconds(Math.Max(1, reply.RetryAfterMilliseconds))
                : null;
            return RerankResponse.CreateFailure(reply.Outcome, reply.Error ?? "The request failed.", retryAfter, reply.Hint);
        }

        if (reply.Logits.Length != passages || reply.PairTokens.Length != passages || (reply.Chunks ?? reply.PairTokens).Length != passages)
        {
            return RerankResponse.CreateFailure(
                RerankOutcome.Failed, "The cluster answered with another number of scores than passages.", hint: reply.Hint);
        }

        var notFinite = Array.FindIndex(reply.Logits, static logit => !float.IsFinite(logit));
        if (notFinite >= 0)
        {
            LogScoreNotFinite(logger, reply.Model, reply.ModelIdentity);
            return RerankResponse.CreateFailure(
                RerankOutcome.Failed, $"The model gave passage {notFinite} a score that is not a number.", hint: reply.Hint);
        }

        return new RerankResponse { Outcome = RerankOutcome.Ok, Hint = reply.Hint, Result = AssembleResult(reply) };
    }

    private RerankResult AssembleResult(RerankReply reply)
    {
        var map = FindMap(reply);
        var scores = new PassageScore[reply.Logits.Length];
        long tokens = 0;
        int truncated = 0, chunked = 0, chunks = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var cut = reply.CutTokens is { } cuts ? cuts[i] : 0;
            var parts = reply.Chunks?[i] ?? 1;
            scores[i] = new PassageScore(i, reply.Logits[i], reply.PairTokens[i], cut) { Chunks = parts, Map = map };
            tokens += reply.PairTokens[i];
            truncated += cut > 0 ? 1 : 0;
            chunked += parts > 1 ? 1 : 0;
            chunks += parts > 1 ? parts : 0;
        }

        return new RerankResult
        {
            Passages = scores,
            Usage = new RerankUsage(tokens, reply.QueryTokens, reply.QueryCutTokens, truncated)
            {
                ChunkedPassages = chunked,
                Chunks = chunks,
            },
            Model = reply.Model ?? "",
            ModelIdentity = reply.ModelIdentity ?? "",
            Timings = reply.Timings,
            WorkerTime = TimeSpan.FromMicroseconds(reply.WorkerMicroseconds),
        };
    }

    // Who has maps compares scores with thresholds, and would not notice that another model's are no probabilities.
    private ScoreMap? FindMap(RerankReply reply)
    {
        var map = maps.FindMap(reply.ModelIdentity);
        if (map is null && !maps.IsEmpty && _withoutMap.TryAdd(reply.ModelIdentity ?? "", true))
        {
            LogModelWithoutMap(logger, reply.Model, reply.ModelIdentity);
        }

        return map;
    }

    [LoggerMessage(ClientEventIds.ScoreNotFinite, LogLevel.Error, "Model {Model} ({Identity}) gives a score that is not a number")]
    private static partial void LogScoreNotFinite(ILogger logger, string? model, string? identity);

    [LoggerMessage(ClientEventIds.ModelWithoutMap, LogLevel.Warning,
        "Model {Model} ({Identity}) has no score map, where others have one: its scores are the sigmoid of its logits")]
    private static partial void LogModelWithoutMap(ILogger logger, string? model, string? identity);
}
