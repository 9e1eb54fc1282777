using Reranker.Benchmarking.Workloads;
using Reranker.TestKit;

namespace Reranker.Benchmarking.Tests.Workloads;

public sealed class OpenLoopTests
{
    private const int Seed = 3;

    [Fact(Timeout = 60_000)]
    public async Task Every_request_that_is_due_before_the_end_is_sent_once_in_turn_and_not_before_its_moment()
    {
        var end = TimeSpan.FromMilliseconds(300);
        var expected = new List<TimeSpan>();
        var arrivals = new PoissonArrivals(200, Seed);
        for (var due = arrivals.DrawNextArrival(); due < end; due = arrivals.DrawNextArrival())
        {
            expected.Add(due);
        }

        var start = TimeProvider.System.GetTimestamp();
        var sent = new List<TimeSpan>();
        var early = 0;
        TimeSpan Now() => TimeProvider.System.GetElapsedTime(start);
        void Send(TimeSpan due)
        {
            sent.Add(due);
            early += Now() < due ? 1 : 0;
        }

        await OpenLoop.SendArrivalsAsync(new PoissonArrivals(200, Seed), end, Now, Send, TestContext.Current.CancellationToken);

        Assert.Equal(expected, sent);
        Assert.Equal(0, early);
    }

    [Fact]
    public async Task Cancelled_it_waits_for_nothing_more()
    {
        using var cancel = new CancellationTokenSource();
        var asked = 0;
        TimeSpan Never()
        {
            Interlocked.Increment(ref asked);
            return TimeSpan.Zero;
        }

        var loop = OpenLoop.SendArrivalsAsync(new PoissonArrivals(1e-6, Seed), TimeSpan.MaxValue, Never, _ => Assert.Fail("nothing was due"), cancel.Token);
        await Until.TrueAsync(() => Volatile.Read(ref asked) > 2);

        await cancel.CancelAsync();

        await loop.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }
}
