namespace Reranker.Fuzz.Requests;

/// <summary>How the end of a body is told.</summary>
internal enum Framing
{
    /// <summary>The right Content-Length; without a body no header at all for methods that have none.</summary>
    Length,

    /// <summary>Chunks of odd sizes, with extensions and trailers.</summary>
    Chunked,

    /// <summary>Content-Length announces more than comes, and the sender closes its side.</summary>
    LongLength,

    /// <summary>Content-Length announces less than comes: what follows is no request.</summary>
    ShortLength,

    /// <summary>Chunks whose sizes are no numbers, or whose ends are missing.</summary>
    BrokenChunks,

    /// <summary>Content-Length that is no number, is there twice, or stands beside chunks.</summary>
    BrokenLength,
}
