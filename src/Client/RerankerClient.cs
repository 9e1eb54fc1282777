using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reranker.Client.Attempts;
using Reranker.Client.Fleet;
using Reranker.Client.Telemetry;
using Reranker.Requests;

namespace Reranker.Client;

/// <summary>Checks a request, races its attempts and turns the reply into a response.</summary>
internal sealed partial class RerankerClient(
    AttemptRace race,
    FleetHints hints,
    IOptions<RerankerClientOptions> options,
    TimeProvider time,
    ILogger<RerankerClient> logger) : IReranker
{
    public async Task<RerankResponse> TryRerankAsync(
        string query, IReadOnlyList<string> passages, RerankOptions? rerankOptions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(passages);
        cancellationToken.ThrowIfCancellationRequested();

        var started = time.GetTimestamp();
        using var activity = ClientTelemetry.Source.StartActivity("rerank", ActivityKind.Client);
        activity?.SetTag("reranker.passages", passages.Count);
        var outcome = "cancelled";
        try
        {
            var response = await RunAsync(query, passages, rerankOptions ?? new RerankOptions(), cancellationToken).ConfigureAwait(false);
            outcome = response.Outcome.ToString();
            if (!response.IsOk)
            {
                activity?.SetStatus(ActivityStatusCode.Error, outcome);
            }

            return response;
        }
        finally
        {
            activity?.SetTag("reranker.outcome", outcome);
            var tag = new KeyValuePair<string, object?>("outcome", outcome);
            ClientTelemetry.Requests.Add(1, tag);
            ClientTelemetry.Duration.Record(time.GetElapsedTime(started).TotalSeconds, tag);
        }
    }

    private async Task<RerankResponse> RunAsync(
        string query, IReadOnlyList<string> passages, RerankOptions chosen, CancellationToken cancellationToken)
    {
        var deadline = chosen.Deadline ?? options.Value.DefaultDeadline;
        if (RequestChecks.FirstProblem(query, passages, deadline, out var characters) is { } problem)
        {
            return RerankResponse.Failure(RerankOutcome.Invalid, problem);
        }

        var tokens = AttemptTiming.EstimateTokens(
            query.Length, characters, passages.Count, hints.Find(chosen.Model)?.TokensPerCharacter ?? 0);
        var request = new RerankRequest
        {
            Query = query,
            Passages = passages as string[] ?? [.. passages],
            Model = chosen.Model,
            RemainingMilliseconds = 0,
            Truncation = chosen.Truncation,
            Tenant = chosen.Tenant,
            // Drawn here and not on a silo, so that every attempt is of one identity.
            RouteKey = chosen.RouteKey ?? Guid.NewGuid().ToString("N"),
        };
        var (reply, failure) = await race.RunAsync(request, tokens, deadline, cancellationToken).ConfigureAwait(false);
        return failure ?? ToResponse(reply!, passages.Count);
    }

    private RerankResponse ToResponse(RerankReply reply, int passages)
    {
        if (reply.Outcome != RerankOutcome.Ok)
        {
            TimeSpan? retryAfter = reply.Outcome is RerankOutcome.Busy or RerankOutcome.Unavailable
                ? TimeSpan.FromMilliseconds(Math.Max(1, reply.RetryAfterMilliseconds))
                : null;
            return RerankResponse.Failure(reply.Outcome, reply.Error ?? "The request failed.", retryAfter, reply.Hint);
        }

        if (reply.Logits.Length != passages || reply.PairTokens.Length != passages || (reply.Chunks ?? reply.PairTokens).Length != passages)
        {
            return RerankResponse.Failure(RerankOutcome.Failed, "The cluster answered with another number of scores than passages.", hint: reply.Hint);
        }

        var scores = new PassageScore[passages];
        long tokens = 0;
        int truncated = 0, chunked = 0, chunks = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (!float.IsFinite(reply.Logits[i]))
            {
                LogScoreNotFinite(logger, reply.Model, reply.ModelIdentity);
                return RerankResponse.Failure(RerankOutcome.Failed, $"The model gave passage {i} a score that is not a number.", hint: reply.Hint);
            }

            var cut = reply.CutTokens is { } cuts ? cuts[i] : 0;
            var parts = reply.Chunks?[i] ?? 1;
            scores[i] = new PassageScore(i, reply.Logits[i], reply.PairTokens[i], cut) { Chunks = parts };
            tokens += reply.PairTokens[i];
            truncated += cut > 0 ? 1 : 0;
            chunked += parts > 1 ? 1 : 0;
            chunks += parts > 1 ? parts : 0;
        }

        return new RerankResponse
        {
            Outcome = RerankOutcome.Ok,
            Hint = reply.Hint,
            Result = new RerankResult
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
            },
        };
    }

    [LoggerMessage(EventIds.ScoreNotFinite, LogLevel.Error, "Model {Model} ({Identity}) gave a score that is not a number.")]
    private static partial void LogScoreNotFinite(ILogger logger, string? model, string? identity);
}
