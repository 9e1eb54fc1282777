using Reranker.Inference.Batching;
using Reranker.Inference.Tests.Workers;
using Reranker.Inference.Workers;

namespace Reranker.Inference.Tests.Batching;

public sealed class ModelQueueTests
{
    /// <summary>A fake clock runs due timers where it is read, and the worker's timer ends works that are too late.</summary>
    [Fact]
    public void A_timer_that_runs_where_the_clock_is_read_ends_no_work_between_its_turn_and_its_taking()
    {
        var time = new RingingClock();
        var queue = new ModelQueue(new QueueLimits(1_000_000, 1e9, 1_000), new MonotonicClock(time));
        var work = new QueuedWork(Works.Of([3, 4]), arrival: 0, deadline: 1_000, latestStart: 1_000, (w, _) => queue.Forget(w));
        Assert.True(queue.TryAdd(work, new Admission(1e6, 0, 0)));

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
