using System.Globalization;
using Reranker.Requests;

namespace Reranker.Gateway.Http;

/// <summary>Where the time of a request went, in the form that browsers' tools show: milliseconds by name.</summary>
internal static class TimingHeader
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>The value of <c>Server-Timing</c>.</summary>
    /// <param name="timings">What the silo says.</param>
    /// <param name="total">From the request's headers to its reply.</param>
    public static string FormatTimings(RerankTimings timings, TimeSpan total) => string.Create(
        CultureInfo.InvariantCulture,
        $"tokenize;dur={FindMilliseconds(timings.TokenizationMicroseconds):0.###}, queue;dur={FindMilliseconds(timings.QueueMicroseconds):0.###}, "
        + $"device;dur={FindMilliseconds(timings.InferenceMicroseconds):0.###}, total;dur={total.TotalMilliseconds:0.###}");

    private static double FindMilliseconds(long microseconds) => microseconds / MicrosecondsPerMillisecond;
}
