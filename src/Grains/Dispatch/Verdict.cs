namespace Reranker.Grains.Dispatch;

/// <summary>How the dispatch of a request ended.</summary>
internal enum Verdict
{
    /// <summary>Every slot is filled.</summary>
    Ok,

    /// <summary>Every worker asked was busy.</summary>
    Busy,

    /// <summary>A worker let the work expire.</summary>
    Expired,

    /// <summary>No worker could be reached that takes work.</summary>
    Unavailable,

    /// <summary>Inference failed, repetitions included.</summary>
    Failed,

    /// <summary>No worker serves the pinned identity any more.</summary>
    IdentityGone,

    /// <summary>The caller cancelled or the deadline passed here.</summary>
    Cancelled,
}
