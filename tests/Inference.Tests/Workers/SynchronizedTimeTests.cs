using Reranker.TestKit.Clocks;

namespace Reranker.Inference.Tests.Workers;

public sealed class SynchronizedTimeTests
{
    // Workers are disposed while a lane still sets its alarm; the fake clock must bear that as the system's does.
    [Fact]
    public async Task A_timer_may_be_set_while_another_thread_disposes_it()
    {
        var stop = TestContext.Current.CancellationToken;
        var time = new SynchronizedTime();
        for (var i = 0; i < 20_000; i++)
        {
            var timer = time.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            using var together = new Barrier(2);
            var disposing = Task.Run(() =>
            {
                together.SignalAndWait(stop);
                timer.Dispose();
            }, stop);
            together.SignalAndWait(stop);
            timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            await disposing;
        }

        time.Advance(TimeSpan.FromSeconds(2));
    }
}
