using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Reranker.Budgets;
using Reranker.TestKit.Clocks;

namespace Reranker.Grains.Tests.Dispatch;

public sealed class ResendBudgetTests
{
    private const double Share = 0.1;
    private const double Allowance = 100_000;
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void All_that_one_of_two_has_may_be_sent_again_at_once_though_it_was_sent_within_ten_seconds(int tokensPerSecond)
    {
        var budget = Budget();
        Send(budget, tokensPerSecond, TimeSpan.FromMinutes(2));

        for (var part = 0; part < 10 * 10 / 2; part++)
        {
            Assert.True(budget.TryTake(tokensPerSecond / 10));
        }
    }

    [Fact]
    public void Where_everything_has_no_answer_copies_stay_a_share_of_the_work()
    {
        const int Minutes = 10;
        const int TokensPerSecond = 50_000;
        var budget = Budget();
        double resent = 0;
        for (var second = 0; second < Minutes * 60; second++)
        {
            Send(budget, TokensPerSecond, TimeSpan.FromSeconds(1));
            for (var copy = 0; copy < 300; copy++)
            {
                resent += budget.TryTake(TokensPerSecond / 100) ? TokensPerSecond / 100 : 0;
            }
        }

        // The share of all, and of the fixed amount once and once more a minute.
        Assert.InRange(resent, 0, (Share * TokensPerSecond * Minutes * 60) + (Allowance * (Minutes + 1)));
    }

    [Fact]
    public void A_work_that_is_larger_than_the_budget_is_sent_again_once()
    {
        var budget = Budget();
        budget.AddSent(3_000_000);

        Assert.True(budget.TryTake(3_000_000));
        Assert.False(budget.TryTake(1));
        _time.Advance(ResendBudget.Memory * 5);
        Assert.True(budget.TryTake(1));
    }

    [Fact]
    public void At_no_moment_has_more_been_sent_again_than_the_budget_and_one_work()
        => Gen.Select(Gen.Double[0, 1], Gen.Int[0, 10_000], Gen.Select(Gen.Bool, Gen.Int[1, 10_000], Gen.Int[0, 5_000]).Array[1, 200])
            .Sample((share, allowance, steps) =>
            {
                var time = new SynchronizedTime();
                var budget = new ResendBudget(share, allowance, time);
                double sent = 0, resent = 0;
                foreach (var (isCopy, tokens, milliseconds) in steps)
                {
                    if (!isCopy)
                    {
                        budget.AddSent(tokens);
                        sent += tokens;
                    }
                    else if (budget.TryTake(tokens))
                    {
                        Assert.True(resent < (share * sent) + allowance + 1e-6);
                        resent += tokens;
                    }

                    time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                    var kept = Math.Exp(-milliseconds / ResendBudget.Memory.TotalMilliseconds);
                    (sent, resent) = (sent * kept, resent * kept);
                }
            });

    private ResendBudget Budget() => new(Share, Allowance, _time);

    private void Send(ResendBudget budget, int tokensPerSecond, TimeSpan duration)
    {
        for (var tenth = 0; tenth < duration.TotalSeconds * 10; tenth++)
        {
            budget.AddSent(tokensPerSecond / 10.0);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }
}
