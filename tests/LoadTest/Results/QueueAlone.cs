using HdrHistogram;
using Reranker.Benchmarking.Workloads;
using Reranker.LoadTest.Requests;

namespace Reranker.LoadTest.Results;

/// <summary>
/// What the arrivals of an open loop cost by themselves: the latencies of a server that takes whole requests one after another, as they
/// come, each in the time that a request takes it when it is saturated, and that does nothing else. A server that is measured beside it
/// adds the rest; where this alone misses a limit, no server of that capacity can hold it.
/// </summary>
internal static class QueueAlone
{
    private const long LongestMicroseconds = 3_600_000_000;

    /// <summary>The latencies of requests that are due in the counted time.</summary>
    /// <param name="options">The run: its rate, seed and times, and the requests a second that the server can do.</param>
    /// <returns>Null for a closed loop and where nobody said what the server can do.</returns>
    public static LatencyReport? Predict(LoadOptions options)
    {
        if (options is not { Rate: { } rate, Capacity: { } capacity })
        {
            return null;
        }

        var histogram = new LongHistogram(LongestMicroseconds, 3);
        var arrivals = new PoissonArrivals(rate, options.Seed);
        var (service, free, end) = (TimeSpan.FromSeconds(1 / capacity), TimeSpan.Zero, options.WarmUp + options.Duration);
        for (var due = arrivals.DrawNextArrival(); due < end; due = arrivals.DrawNextArrival())
        {
            free = (free > due ? free : due) + service;
            if (due >= options.WarmUp)
            {
                histogram.RecordValue(Math.Clamp((long)(free - due).TotalMicroseconds, 1, LongestMicroseconds));
            }
        }

        return LatencyReport.Of(histogram);
    }
}
