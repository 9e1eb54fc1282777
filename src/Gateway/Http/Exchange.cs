using Reranker.Gateway.Dialects;

namespace Reranker.Gateway.Http;

/// <summary>What is known of one request while it is answered, for its error and its report.</summary>
internal sealed class Exchange(HttpContext context, string id, long started, IRerankDialect dialect)
{
    public HttpContext Context => context;

    public string Id => id;

    /// <summary>Timestamp of its arrival; its deadline runs from here.</summary>
    public long Started => started;

    /// <summary>The dialect of its reply: the path's, and the body's once that is read.</summary>
    public IRerankDialect Dialect { get; set; } = dialect;

    /// <summary>Whose it is; null until that is known.</summary>
    public string? Tenant { get; set; }

    /// <summary>Time that it had when it came.</summary>
    public TimeSpan Deadline { get; set; }

    public int Passages { get; set; }

    public long Tokens { get; set; }

    public int Truncated { get; set; }

    /// <summary>How it ended, a value of the metric's tag.</summary>
    public string Outcome { get; set; } = "Unknown";
}
