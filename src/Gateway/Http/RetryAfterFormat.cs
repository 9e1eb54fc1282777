using System.Globalization;

namespace Reranker.Gateway.Http;

/// <summary>When to come again, as headers say it: rounded up to a whole unit, and never 0, which would be at once.</summary>
internal static class RetryAfterFormat
{
    /// <summary>Whole seconds, which is all that <c>Retry-After</c> knows.</summary>
    public static string FormatSeconds(TimeSpan delay) => FormatRoundedUp(delay.TotalSeconds);

    /// <summary>Whole milliseconds.</summary>
    public static string FormatMilliseconds(TimeSpan delay) => FormatRoundedUp(delay.TotalMilliseconds);

    private static string FormatRoundedUp(double units) => Math.Max(1, Math.Ceiling(units)).ToString("0", CultureInfo.InvariantCulture);
}
