using Reranker.Inference.Batching;
using Reranker.Inference.Scoring;
using Reranker.Inference.Tests.Workers;
using Reranker.TestKit.Clocks;

namespace Reranker.Inference.Tests.Batching;

public sealed class ModelQueueTests
{
    /// <summary>A fake clock runs due timers where it is read, and the worker's timer ends works that are too late.</summary>
    [Fact]
    public void A_timer_that_runs_where_the_clock_is_read_ends_no_work_between_its_turn_and_its_taking()
    {
        var time = new RingingClock();
        var queue = new ModelQueue(new QueueLimits(1_000_000, 1e9, 1_000), new MonotonicClock(time));
        var work = new QueuedItem(Works.Of([3, 4]), arrival: 0, deadline: 1_000, latestStart: 1_000, (w, _) => queue.ForgetItem(w));
        Assert.True(queue.TryAdd(work, new DeviceForecast(1e6, 0, 0)));

        // Rings at every read but the first: whoever reads the clock once is done with it.
        time.OnRead = reads =>
        {
            if (reads > 1)
            {
                work.TryComplete(WorkOutcome.Cancelled, error: null);
            }
        };
        var taken = new List<int>();
        queue.TakeWhile(static (list, pair) => { list.Add(pair.Index); return true; }, taken);

        Assert.Equal([0, 1], taken);
        Assert.Equal(0, queue.WaitingTokens);
    }

    [Fact]
    public async Task A_work_that_cannot_end_in_time_even_alone_ends_before_more_of_it_is_scored()
    {
        var time = new SynchronizedTime();
        var queue = New(time);
        var large = Add(queue, Works.Lengths(10, 100), deadline: 1_200);
        Take(queue, pairs: 2);

        // 800 wait, of which nine tenths are certain: 720.
        time.Advance(TimeSpan.FromMicroseconds(470));
        queue.EndExpiredItems();
        Assert.False(large.IsDone);
        time.Advance(TimeSpan.FromMicroseconds(20));
        queue.EndExpiredItems();

        Assert.Equal(WorkOutcome.Expired, (await large.Task.Soon()).Outcome);
        Assert.Equal(0, queue.WaitingTokens);
    }

    [Fact]
    public void A_work_that_others_may_help_with_is_given_the_time_that_they_leave_it()
    {
        var time = new SynchronizedTime();
        var queue = New(time);
        var large = Add(queue, Works.Lengths(10, 100), deadline: 2_000, helpers: 1);

        time.Advance(TimeSpan.FromMicroseconds(1_500));
        queue.EndExpiredItems();
        Assert.False(large.IsDone);
    }

    [Fact]
    public async Task A_large_work_whose_promise_a_small_one_breaks_is_told_so_while_nothing_of_it_is_scored()
    {
        var queue = New(new SynchronizedTime());
        var large = Add(queue, Works.Lengths(100, 100), deadline: 12_000);
        var small = Add(queue, [100], deadline: 9_000);
        Assert.False(large.IsDone);
        var next = Add(queue, [900], deadline: 9_000);

        Assert.Equal(WorkOutcome.Busy, (await large.Task.Soon()).Outcome);
        Assert.False(small.IsDone);
        Assert.False(next.IsDone);
        Assert.Equal(1_000, queue.WaitingTokens);
    }

    [Fact]
    public void A_promise_that_only_a_refused_one_would_have_broken_is_kept()
    {
        var queue = New(new SynchronizedTime());
        Assert.True(TryAdd(queue, [140], deadline: 300, "", out var partOfLarge, requestTokens: 10_000));
        var urgent = Add(queue, [900], deadline: 2_000);

        // It would make both late, and one of them is as small as it is.
        Assert.False(TryAdd(queue, [100], deadline: 230, "", out _));
        var later = Add(queue, [10], deadline: 1_000_000_000);

        Assert.Equal([false, false, false], [partOfLarge.IsDone, urgent.IsDone, later.IsDone]);
    }

    [Fact]
    public async Task A_small_work_that_breaks_the_only_promise_of_its_tenant_keeps_its_turn()
    {
        var queue = New(new SynchronizedTime());
        Add(queue, Works.Lengths(100, 100), deadline: 1_000_000_000);
        Take(queue, pairs: 99);
        var large = Add(queue, Works.Lengths(100, 100), deadline: 12_000);
        Take(queue, pairs: 1);
        var small = Add(queue, [900], deadline: 9_000);
        Assert.Equal(WorkOutcome.Busy, (await large.Task.Soon()).Outcome);
        Add(queue, Works.Lengths(20, 100), deadline: 1_000_000_000);

        Take(queue, pairs: 1);

        Assert.Equal(0, small.WaitingTokens);
    }

    [Fact]
    public void One_tenant_cannot_fill_the_queue_up_to_the_last_token()
    {
        var queue = New(new SynchronizedTime(), maxTokens: 90_000);
        for (var i = 0; i < 8; i++)
        {
            Add(queue, [10_000], deadline: 1_000_000_000, tenant: "flood");
        }

        Assert.False(TryAdd(queue, [1_000], 1_000_000_000, "flood", out _));
        Assert.True(TryAdd(queue, [1_000], 1_000_000_000, "quiet", out _));
    }

    private static ModelQueue New(TimeProvider time, long maxTokens = 1_000_000)
        => new(new QueueLimits(maxTokens, 1e9, 1_000), new MonotonicClock(time));

    private static QueuedItem Add(ModelQueue queue, int[] lengths, long deadline, string tenant = "", int helpers = 0)
    {
        Assert.True(TryAdd(queue, lengths, deadline, tenant, out var work, helpers));
        return work;
    }

    // A token takes a microsecond.
    private static bool TryAdd(ModelQueue queue, int[] lengths, long deadline, string tenant, out QueuedItem work, int helpers = 0, long requestTokens = 0)
    {
        work = new QueuedItem(Works.Of(lengths, tenant: tenant) with { RequestTokens = requestTokens }, 0, deadline, deadline - lengths[0], (w, _) => queue.ForgetItem(w));
        return queue.TryAdd(work, new DeviceForecast(1e6, 0, lengths[0]) { Helpers = helpers });
    }

    private static void Take(ModelQueue queue, int pairs)
    {
        var left = pairs;
        queue.TakeWhile((_, _) => left-- > 0, 0);
    }

    private sealed class RingingClock : TimeProvider
    {
        private int _reads;

        public Action<int>? OnRead { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            OnRead?.Invoke(OnRead is null ? 0 : ++_reads);
            return 0;
        }
    }
}
