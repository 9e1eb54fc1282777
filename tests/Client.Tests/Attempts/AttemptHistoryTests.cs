using Microsoft.Extensions.Time.Testing;
using Reranker.Attempts;
using Reranker.Budgets;
using Reranker.Client.Attempts;
using Reranker.Client.Shards;
using Reranker.Fleet;
using Reranker.Requests;
using Reranker.TestKit.Clocks;
using Step = Reranker.Attempts.AttemptStep<string, Reranker.Client.RerankResponse>;

namespace Reranker.Client.Tests.Attempts;

/// <summary>What follows from what happened, step by step, without anybody who carries it out.</summary>
public sealed class AttemptHistoryTests
{
    private const double Tokens = 100;
    private static readonly FleetHint Hint = new() { TokensPerSecond = 1_000, ReadyWorkers = 1 };
    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly RerankerClientOptions _options = new() { MaxAttempts = 3, ResendShare = 0, ResendTokens = 50 };

    [Fact]
    public void The_first_attempt_starts_at_once_and_what_scores_it_has_ends_the_request()
    {
        var history = Create();
        var response = new RerankResponse { Outcome = RerankOutcome.Ok };

        Assert.Equal(Step.Start(AttemptReasons.First), history.BeginFirst());
        Assert.Equal(Step.Finish(response), history.DecideAfterResponse(response, areOthersRunning: true));
    }

    [Theory]
    [InlineData(RerankOutcome.Busy)]
    [InlineData(RerankOutcome.Expired)]
    [InlineData(RerankOutcome.Failed)]
    [InlineData(RerankOutcome.UnknownModel)]
    public void What_repeating_cannot_improve_ends_the_request(RerankOutcome outcome)
    {
        var history = Begin();
        var response = new RerankResponse { Outcome = outcome };

        Assert.Equal(Step.Finish(response), history.DecideAfterResponse(response, areOthersRunning: false));
    }

    [Fact]
    public void A_failure_is_followed_by_a_pause_and_another_attempt_until_they_are_used_up()
    {
        var history = Begin();

        var second = history.DecideAfterFault("timeout", areOthersRunning: false);
        Assert.Equal((AttemptStepKind.Start, "timeout"), (second.Kind, second.Attempt));
        Assert.InRange(second.Pause, _options.Backoff / 2, _options.Backoff);

        var third = history.DecideAfterResponse(Unavailable, areOthersRunning: false);
        Assert.Equal((AttemptStepKind.Start, AttemptReasons.Unavailable), (third.Kind, third.Attempt));
        Assert.InRange(third.Pause, _options.Backoff, 2 * _options.Backoff);

        Assert.Equal(Step.Wait, history.DecideAfterFault("timeout", areOthersRunning: true));
        Assert.Equal(Step.Finish(Unavailable), history.DecideAfterFault("timeout", areOthersRunning: false));
    }

    [Fact]
    public void Where_the_pause_would_take_all_of_the_time_that_is_left_the_request_ends_unless_an_older_attempt_runs()
    {
        _options.Backoff = _options.MaxBackoff;
        var history = Begin();
        _time.Advance(TimeSpan.FromSeconds(9.6));

        Assert.Equal(Step.Wait, history.DecideAfterFault("timeout", areOthersRunning: true));
        var step = history.DecideAfterFault("timeout", areOthersRunning: false);

        Assert.Equal((AttemptStepKind.Finish, RerankOutcome.Unavailable), (step.Kind, step.Result!.Outcome));
    }

    [Fact]
    public void A_failure_when_the_deadline_has_passed_is_an_expiry()
    {
        var history = Begin();
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(RerankOutcome.Expired, history.DecideAfterFault("timeout", areOthersRunning: false).Result!.Outcome);
    }

    [Fact]
    public void After_a_refusal_the_older_attempt_is_waited_for_and_none_is_started()
    {
        var history = Begin();
        var refusal = new RerankResponse { Outcome = RerankOutcome.Busy };

        Assert.NotNull(history.FindPatience(Hint));
        Assert.Equal(Step.Wait, history.DecideAfterResponse(refusal, areOthersRunning: true));
        Assert.Null(history.FindPatience(Hint));
        Assert.Equal(Step.Wait, history.DecideAfterStanding(AttemptStanding.Silent));
        Assert.Equal(Step.Finish(refusal), history.DecideAfterFault("timeout", areOthersRunning: false));
    }

    [Theory]
    [InlineData(nameof(AttemptStanding.Waiting), false)]
    [InlineData(nameof(AttemptStanding.Absent), true)]
    [InlineData(nameof(AttemptStanding.Silent), true)]
    public void An_overdue_attempt_gets_one_beside_it_only_where_nobody_answers_for_it(string standing, bool isCopied)
    {
        var history = Begin();
        history.AddOverdue();

        Assert.Equal(isCopied ? Step.Start(AttemptReasons.Overdue) : Step.Wait, history.DecideAfterStanding(Enum.Parse<AttemptStanding>(standing)));
    }

    [Fact]
    public void Copies_are_rationed()
    {
        var history = Begin();

        Assert.Equal(Step.Start(AttemptReasons.Overdue), history.DecideAfterStanding(AttemptStanding.Silent));
        Assert.Equal(Step.Wait, history.DecideAfterStanding(AttemptStanding.Silent));
    }

    [Fact]
    public void Every_overdue_attempt_doubles_the_patience()
    {
        var history = Begin();
        var patience = history.FindPatience(Hint);
        history.AddOverdue();

        Assert.Equal(2 * patience, history.FindPatience(Hint));
    }

    private static RerankResponse Unavailable { get; } = new() { Outcome = RerankOutcome.Unavailable };

    private AttemptHistory Begin()
    {
        var history = Create();
        history.BeginFirst();
        return history;
    }

    private AttemptHistory Create() => new(
        _options,
        new ShardPicker(new Random(1), new ShardHealth(_time, _options)),
        new ResendBudget(_options.ResendShare, _options.ResendTokens, _time),
        Tokens,
        new Deadline(_time, TimeSpan.FromSeconds(10)));
}
