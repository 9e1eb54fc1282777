using Microsoft.Extensions.Time.Testing;
using Reranker.Inference.Batching;
using Reranker.Inference.Workers;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

public sealed class BatchBudgetTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly BatchBudget _budget;

    public BatchBudgetTests()
        => _budget = new BatchBudget(TestEngines.Describe(maxPairTokens: 512, maxBatchTokens: 8192), new LinearCost(1), TimeSpan.FromMilliseconds(15), new MonotonicClock(_time));

    [Fact]
    public void Half_of_what_did_not_fit_is_the_limit()
    {
        Assert.True(_budget.ShrinkAfter(6000));
        Assert.Equal(3000, _budget.MaxTokens);
        Assert.Equal(3000, _budget.Limits.MaxTokens);
    }

    [Fact]
    public void A_batch_from_before_does_not_shrink_it_twice()
    {
        Assert.True(_budget.ShrinkAfter(8192));
        Assert.False(_budget.ShrinkAfter(8192));
        Assert.Equal(4096, _budget.MaxTokens);
    }

    [Fact]
    public void The_longest_pair_still_fits()
    {
        Assert.True(_budget.ShrinkAfter(600));
        Assert.Equal(512, _budget.MaxTokens);
        Assert.False(_budget.ShrinkAfter(512));
    }

    [Fact]
    public void It_grows_back_step_by_step_and_no_further()
    {
        _budget.ShrinkAfter(4096);
        Assert.False(_budget.TryGrow());
        foreach (var limit in (int[])[4096, 8192])
        {
            _time.Advance(Minute);
            Assert.True(_budget.TryGrow());
            Assert.Equal(limit, _budget.MaxTokens);
            Assert.False(_budget.TryGrow());
        }

        _time.Advance(Minute * 100);
        Assert.False(_budget.TryGrow());
        Assert.Equal(8192, _budget.MaxTokens);
    }

    [Fact]
    public void A_trial_that_fails_doubles_the_time_to_the_next_up_to_an_hour()
    {
        _budget.ShrinkAfter(8192);
        var waits = new List<double>();
        for (var trial = 0; trial < 9; trial++)
        {
            var waited = TimeSpan.Zero;
            while (!_budget.TryGrow())
            {
                _time.Advance(Minute);
                waited += Minute;
            }

            waits.Add(waited.TotalMinutes);
            Assert.True(_budget.ShrinkAfter(8192));
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], waits);
    }

    [Fact]
    public void A_limit_that_held_makes_the_next_shortage_a_new_one()
    {
        _budget.ShrinkAfter(8192);
        _time.Advance(Minute);
        Assert.True(_budget.TryGrow());
        _time.Advance(Minute * 2);
        _budget.ShrinkAfter(8192);
        _time.Advance(Minute);
        Assert.True(_budget.TryGrow());
    }
}
