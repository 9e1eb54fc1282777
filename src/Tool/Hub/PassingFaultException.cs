namespace Reranker.Tool.Hub;

/// <summary>Something that may be over in a moment: the hub is busy, the connection was cut, nothing came.</summary>
/// <param name="message">What to say when it is not over.</param>
/// <param name="innerException">The error below it.</param>
internal sealed class PassingFaultException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>How long the hub asks to be left alone; null where it says nothing of it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when part of what was asked for came before it happened.</summary>
    public bool HasProgress { get; init; }
}
