using Reranker.Inference.Batching;
using Reranker.Inference.Scoring;
using Reranker.Inference.Tests.Workers;

namespace Reranker.Inference.Tests.Batching;

/// <summary>A device of one token a microsecond, so that tokens are microseconds; nine tenths of the time may be planned for.</summary>
public sealed class AdmissionCheckTests
{
    private const int Batch = 50;
    private static readonly DeviceForecast Device = new(1e6, 0, 0);

    private readonly FairQueue _queue = new(Batch);
    private readonly ArrivalRates _rates = new();
    private readonly ArrivalRates _smallRates = new();

    [Fact]
    public void Of_a_large_job_of_another_tenant_as_much_as_the_own_and_a_batch_goes_before()
    {
        Wait(Work(10_000, tenant: "jobs"));

        Assert.Equal(NineTenthsOf(20 + 50), LeastAllowed(Work(20, tenant: "user")));
        Assert.Equal(NineTenthsOf(10_000), LeastAllowed(Work(1_000_000, tenant: "user")));
    }

    [Fact]
    public void Of_low_work_a_sixteenth_of_that_goes_before_and_before_low_work_sixteen_times_as_much()
    {
        Wait(Work(10_000, tenant: "bulk", priority: PriorityClass.Low));
        Assert.Equal(NineTenthsOf(5), LeastAllowed(Work(30, tenant: "user")));

        Wait(Work(10_000, tenant: "jobs"));
        Assert.Equal(NineTenthsOf((20 + 50) * 16), LeastAllowed(Work(20, tenant: "low", priority: PriorityClass.Low)) - NineTenthsOf(20 + 50));
    }

    [Fact]
    public void Of_the_own_tenant_what_has_its_turn_before_goes_before()
    {
        Wait(Work(10_000));

        Assert.Equal(0, LeastAllowed(Work(20)));
        Assert.Equal(NineTenthsOf(10_000), LeastAllowed(Work(20_000)));
    }

    [Fact]
    public void What_others_will_send_counts_up_to_an_equal_part()
    {
        Wait(Work(100, tenant: "here"));
        _rates.AddTokens("here", 2_000_000, 0);
        _rates.AddTokens("coming", 2_000_000, 0);
        _rates.AddTokens("user", 2_000_000, 0);

        // Each sends a token a microsecond, as much as the device does alone.
        Assert.Equal(NineTenthsOf(2 * (300 + 50)), LeastAllowed(Work(300, tenant: "user")));
        Assert.False(Fits(Work(1_000_000, tenant: "user"), 10_000));
    }

    [Fact]
    public void Nobody_overtakes_who_would_end_too_late_for_it()
    {
        // 12,000 of which 95 % may be planned for: 11,400.
        Wait(Work(10_000, deadline: 12_000));

        Assert.True(Fits(Work(1_350)));
        Assert.False(Fits(Work(1_351)));

        // Behind it nothing delays it.
        Assert.True(Fits(Work(20_000)));

        // Another tenant has its part in any case.
        Assert.True(Fits(Work(1_351, tenant: "user")));
    }

    [Fact]
    public void What_is_larger_than_a_batch_has_no_promise_against_what_is_not()
    {
        var large = Work(10_000, deadline: 11_000);
        Wait(large);

        // 51 are more than a batch.
        Assert.False(Fits(Work(51 + 400)));
        Assert.Empty(_queue.TakeItemsMadeLate());
        Assert.True(Fits(Work(Batch)));
        Assert.Empty(_queue.TakeItemsMadeLate());

        // Now it is late for so many, and told so while nothing of it is scored.
        Wait(Work(400, deadline: 1_000_000));
        Assert.True(Fits(Work(Batch)));
        Assert.Equal([large], _queue.TakeItemsMadeLate());
        Assert.True(_queue.TryPeekPair(out _));
    }

    [Fact]
    public void A_broken_promise_is_told_though_a_part_of_the_request_left_unscored()
    {
        var request = Guid.NewGuid();
        var (large, hedge) = (Work(10_000, deadline: 10_600, request: request), Work(500, deadline: 10_600, request: request));
        Wait(large);
        Wait(hedge);
        _queue.RemoveItem(hedge);

        Wait(Work(40, deadline: 1_000_000));
        Assert.True(Fits(Work(Batch)));
        Assert.Equal([large], _queue.TakeItemsMadeLate());
    }

    [Fact]
    public void A_part_of_a_large_request_is_large_and_one_of_a_small_request_is_not()
    {
        Wait(Work(140, deadline: 200, requestTokens: 10_000));
        Assert.True(Fits(Work(20, requestTokens: 20)));
        Assert.False(Fits(Work(20, requestTokens: 10_000)));

        // A small one's promise holds against a small one.
        var small = new FairQueue(Batch);
        small.AddItem(Work(40, deadline: 100));
        Assert.False(small.CanAdmit(Work(10, deadline: 90), 1e9, Device, _rates, _smallRates));
    }

    [Fact]
    public void The_last_batch_of_a_large_request_goes_first_where_it_would_be_late_otherwise()
    {
        var large = FairQueueTests.Queued(Works.Of(Works.Lengths(100, 10)), latestStart: 130);
        Wait(large);
        for (var i = 0; i < 96; i++)
        {
            Assert.True(_queue.TryPeekPair(out var pair));
            _queue.TakePair(pair);
        }

        // It would have its turn first, with 50 before the 40 that are left.
        var small = Work(Batch, deadline: 120);
        Assert.True(Fits(small));
        Assert.Empty(_queue.TakeItemsMadeLate());
        Wait(small);

        Assert.True(_queue.TryPeekPair(out var next));
        Assert.Same(large, next.Owner);
    }

    [Fact]
    public void What_small_requests_of_its_tenant_will_take_is_counted_before_a_large_one_is_promised_anything()
    {
        _smallRates.AddTokens("", 2_000_000, 0);

        // A token a microsecond, of which a quarter counts, and nine tenths may be planned for.
        Assert.True(Fits(Work(6_000), 10_000));
        Assert.True(Fits(Work(Batch), 100));
        Wait(Work(6_400));
        Assert.True(Fits(Work(7_000), 10_000));
        Wait(Work(200));
        Assert.False(Fits(Work(7_000), 10_000));
    }

    [Fact]
    public void Who_is_lost_anyway_holds_nobody_up()
    {
        Wait(Work(10_000, deadline: 9_001));
        Assert.False(Fits(Work(2_000)));

        var lost = new FairQueue(Batch);
        lost.AddItem(Work(10_000, deadline: 8_999));
        Assert.True(lost.CanAdmit(Work(2_000), 1e9, Device, _rates, _smallRates));
    }

    [Fact]
    public void What_its_request_has_there_already_goes_with_it()
    {
        var request = Guid.NewGuid();
        Wait(Work(100, request: request));
        Wait(Work(300));

        // 100 and 250 more: the request goes behind the other one, all of it.
        Assert.Equal(NineTenthsOf(300 + 100), LeastAllowed(Work(250, request: request)));
    }

    private static QueuedItem Work(
        int tokens,
        string tenant = "",
        long deadline = 1_000_000_000,
        Guid? request = null,
        long requestTokens = 0,
        PriorityClass priority = PriorityClass.Normal)
        => FairQueueTests.Queued(
            Works.Of(Works.Lengths(1, tokens), tenant: tenant, request: request) with { RequestTokens = requestTokens, Priority = priority }, deadline);

    private static int NineTenthsOf(int tokens) => (int)Math.Ceiling(tokens / 0.9);

    private void Wait(QueuedItem work) => _queue.AddItem(work);

    private bool Fits(QueuedItem work, double allowed = 1e9) => _queue.CanAdmit(work, allowed, Device, _rates, _smallRates);

    private int LeastAllowed(QueuedItem work) => Enumerable.Range(0, 20_000).First(allowed => Fits(work, allowed));
}
