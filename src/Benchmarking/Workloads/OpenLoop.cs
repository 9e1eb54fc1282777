namespace Reranker.Benchmarking.Workloads;

/// <summary>
/// Sends at random moments from a thread of its own. Timers of .NET go by a clock that Linux moves on every 4 ms: requests sent
/// by them come up to 5 ms late and in heaps, and the latency from the moment they were due would count that as the server's.
/// </summary>
public static class OpenLoop
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    /// <summary>Completes when the last request was sent, or when the token is cancelled.</summary>
    /// <param name="arrivals">When requests are due.</param>
    /// <param name="end">Requests due from then on are not sent.</param>
    /// <param name="now">Time since the start.</param>
    /// <param name="send">Sends the request that was due at that moment. What it waits for, it must not wait for on this thread.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task SendArrivalsAsync(
        PoissonArrivals arrivals, TimeSpan end, Func<TimeSpan> now, Action<TimeSpan> send, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        ArgumentNullException.ThrowIfNull(now);
        ArgumentNullException.ThrowIfNull(send);
        return Task.Factory.StartNew(
            () =>
            {
                for (var due = arrivals.DrawNextArrival(); due < end && WaitUntil(due, now, cancellationToken); due = arrivals.DrawNextArrival())
                {
                    send(due);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    // A wait of a thread is true to a tenth of a millisecond; what is left of one it gives to whoever wants the processor.
    private static bool WaitUntil(TimeSpan due, Func<TimeSpan> now, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = due - now();
            if (wait <= TimeSpan.Zero)
            {
                return true;
            }

            if (wait - ShortestSleep is { Ticks: > 0 } sleep)
            {
                cancellationToken.WaitHandle.WaitOne(sleep < LongestSleep ? sleep : LongestSleep);
            }
            else
            {
                Thread.Yield();
            }
        }

        return false;
    }
}
