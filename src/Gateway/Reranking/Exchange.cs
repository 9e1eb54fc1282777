using Reranker.Client;
using Reranker.Gateway.Dialects;
using Reranker.Gateway.Errors;
using Reranker.Workers;

namespace Reranker.Gateway.Reranking;

/// <summary>What is known of one request while it is answered, for its error and its report.</summary>
internal sealed class Exchange(HttpContext context, string id, long started, DialectSet dialects)
{
    public HttpContext Context => context;

    public string Id => id;

    /// <summary>Timestamp of its arrival; its deadline runs from here.</summary>
    public long Started => started;

    /// <summary>The dialects of its path.</summary>
    public DialectSet Dialects => dialects;

    /// <summary>The dialect of its reply; null until the body has shown it.</summary>
    public IRerankDialect? Dialect { get; set; }

    /// <summary>What metrics and traces call its dialect.</summary>
    public string DialectName => Dialect?.Name ?? dialects.Name;

    /// <summary>The format of its error: the path's, and the dialect's once that is known.</summary>
    public IErrorFormat Errors => Dialect?.Errors ?? dialects.Errors;

    /// <summary>Whose it is; null until that is known.</summary>
    public string? Tenant { get; set; }

    /// <summary>The highest class that it may have.</summary>
    public WorkPriority Priority { get; set; }

    /// <summary>Time that it had when it came.</summary>
    public TimeSpan Deadline { get; set; }

    public int Passages { get; set; }

    /// <summary>Its scores; null without any.</summary>
    public RerankResult? Result { get; set; }

    public long Tokens { get; set; }

    public int Truncated { get; set; }

    /// <summary>How it ended, a value of the metric's tag.</summary>
    public string Outcome { get; set; } = "Unknown";
}
