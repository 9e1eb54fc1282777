using Reranker.Attempts;
using Reranker.Budgets;
using Reranker.Client.Shards;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>
/// What the attempts of one request came to so far, and what follows from it. An attempt is started with the reason for it.
/// </summary>
/// <param name="options">Attempts and pauses.</param>
/// <param name="shards">Draws the pauses.</param>
/// <param name="resends">What may be sent again without a failure.</param>
/// <param name="tokens">Estimated tokens of the request.</param>
/// <param name="deadline">When it must have ended.</param>
internal sealed class AttemptHistory(
    RerankerClientOptions options, ShardPicker shards, ResendBudget resends, double tokens, Deadline deadline)
{
    private int _failures;
    private int _overdue;
    private string? _fault;
    private RerankResponse? _unavailable;
    private RerankResponse? _refusal;

    /// <summary>Attempts started so far.</summary>
    public int Started { get; private set; }

    // After a refusal none is started: an older attempt may have its place in the fleet already.
    private bool MayStart => _refusal is null && Started < options.MaxAttempts;

    /// <summary>Starts the first attempt.</summary>
    public AttemptStep<string, RerankResponse> BeginFirst() => StartAttempt(AttemptReasons.First);

    /// <summary>Takes in the response of an attempt that was answered.</summary>
    /// <param name="response">Whatever it says.</param>
    /// <param name="areOthersRunning">Whether other attempts have no answer yet.</param>
    public AttemptStep<string, RerankResponse> DecideAfterResponse(RerankResponse response, bool areOthersRunning)
    {
        switch (response.Outcome)
        {
            case RerankOutcome.Busy when areOthersRunning:
                _refusal = response;
                return AttemptStep<string, RerankResponse>.Wait;

            // One silo's view: it may be the one that is draining.
            case RerankOutcome.Unavailable:
                _unavailable = response;
                return DecideAfterFailure(AttemptReasons.Unavailable, areOthersRunning);

            default:
                return AttemptStep<string, RerankResponse>.Finish(response);
        }
    }

    /// <summary>Takes in that an attempt's answer was lost.</summary>
    /// <param name="fault">How, a value of the metric's tag.</param>
    /// <param name="areOthersRunning">Whether other attempts have no answer yet.</param>
    public AttemptStep<string, RerankResponse> DecideAfterFault(string fault, bool areOthersRunning)
    {
        _fault = fault;
        return DecideAfterFailure(fault, areOthersRunning);
    }

    /// <summary>How long to wait before somebody asks after the attempts; null where no answer could start another one.</summary>
    /// <param name="hint">The newest hint of the model.</param>
    public TimeSpan? FindPatience(FleetHint? hint)
        => MayStart ? AttemptPatience.FindPatience(hint, tokens, _overdue, deadline.Remaining, options) : null;

    /// <summary>Takes in that an attempt is overdue; the next one is given more patience. What follows depends on how it stands.</summary>
    public void AddOverdue() => _overdue++;

    /// <summary>Takes in how an overdue attempt stands. It is never given up; where nobody answers for it, another one is started beside it.</summary>
    public AttemptStep<string, RerankResponse> DecideAfterStanding(AttemptStanding standing)
    {
        // Where the silo is there, it has much to do: a copy would give it, or another one, more. And where more is silent than the
        // budget allows for, it is not one silo that is lost, and copies would add to what holds them all up.
        return standing is (AttemptStanding.Absent or AttemptStanding.Silent) && MayStart && resends.TryTake(tokens)
            ? StartAttempt(AttemptReasons.Overdue)
            : AttemptStep<string, RerankResponse>.Wait;
    }

    private AttemptStep<string, RerankResponse> DecideAfterFailure(string reason, bool areOthersRunning)
    {
        _failures++;
        if (MayStart)
        {
            var pause = RetryPause.FindPause(options.Backoff, options.MaxBackoff, _failures, shards.DrawRandomFraction());
            if (pause < deadline.Remaining)
            {
                return StartAttempt(reason, pause);
            }
        }

        return areOthersRunning
            ? AttemptStep<string, RerankResponse>.Wait
            : AttemptStep<string, RerankResponse>.Finish(_refusal ?? CreateExhausted());
    }

    private AttemptStep<string, RerankResponse> StartAttempt(string reason, TimeSpan pause = default)
    {
        Started++;
        return AttemptStep<string, RerankResponse>.Start(reason, pause);
    }

    private RerankResponse CreateExhausted()
        => deadline.HasPassed ? FailureResponses.CreateExpired(deadline.Allowance)
            : _unavailable ?? FailureResponses.CreateUnanswered(Started, _fault);
}
