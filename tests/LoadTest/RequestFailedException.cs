namespace Reranker.LoadTest;

/// <summary>A request failed; the kind is what the report counts by.</summary>
internal sealed class RequestFailedException(string kind, Exception? innerException = null) : Exception(kind, innerException)
{
    /// <summary>An HTTP status, or what broke.</summary>
    public string Kind { get; } = kind;
}
