namespace Reranker.Inference.Workers;

/// <summary>A worker's load at one moment.</summary>
public readonly record struct WorkerStatus
{
    /// <summary>Tokens waiting.</summary>
    public long QueuedTokens { get; init; }

    /// <summary>Tokens a second when busy, as measured.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>Predicted time until the running batches are done.</summary>
    public TimeSpan InFlight { get; init; }

    /// <summary>Predicted time to work off what waits.</summary>
    public TimeSpan Backlog { get; init; }

    /// <summary>True while it takes new work.</summary>
    public bool Ready { get; init; }

    /// <summary>True while it finishes what it has and takes no more.</summary>
    public bool Draining { get; init; }

    /// <summary>True when its device is lost.</summary>
    public bool Lost { get; init; }

    /// <summary>Counts up with every status taken.</summary>
    public long Sequence { get; init; }
}
