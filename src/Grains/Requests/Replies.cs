using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>Replies without scores.</summary>
internal static class Replies
{
    /// <summary>One sentence and its outcome.</summary>
    public static RerankReply CreateError(RerankOutcome outcome, string message) => new() { Outcome = outcome, Error = message };

    /// <summary>The deadline passed.</summary>
    public static RerankReply CreateExpired() => CreateError(RerankOutcome.Expired, "The deadline passed.");

    /// <summary>Nobody takes the work at present, but somebody may soon.</summary>
    public static RerankReply CreateUnavailable(string message) => CreateError(RerankOutcome.Unavailable, message) with
    {
        RetryAfterMilliseconds = ClampRetryAfter(TimeSpan.Zero),
    };

    /// <summary>There is more work than fits before the deadline.</summary>
    public static RerankReply CreateBusy(string message, TimeSpan retryAfter) => CreateError(RerankOutcome.Busy, message) with
    {
        RetryAfterMilliseconds = ClampRetryAfter(retryAfter),
    };

    // A fleet does not change sooner than the first, and a caller need not wait longer than the second.
    private static int ClampRetryAfter(TimeSpan backlog) => (int)Math.Clamp(Math.Ceiling(backlog.TotalMilliseconds), 250, 60_000);
}
