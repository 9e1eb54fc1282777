namespace Reranker.Inference.Scoring;

/// <summary>
/// The load of one model on a worker at one moment. Every model has a queue of its own and a rate of its own, so a slow or a
/// flooded one must not speak for another on the same device.
/// </summary>
public readonly record struct ModelStatus
{
    /// <summary>Identity of the model.</summary>
    public required string Identity { get; init; }

    /// <summary>Tokens waiting for it.</summary>
    public long QueuedTokens { get; init; }

    /// <summary>Tokens of it a second when it is busy, as measured.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>Predicted time until its running batches are done.</summary>
    public TimeSpan InFlight { get; init; }

    /// <summary>Predicted time to work off what waits for it.</summary>
    public TimeSpan Backlog { get; init; }

    /// <summary>True while new work for it is taken.</summary>
    public bool Ready { get; init; }

    /// <summary>True while it finishes what it has and takes no more.</summary>
    public bool Draining { get; init; }

    /// <summary>True while its device fails every run of the model: no work for it is taken until a trial shows that it works again.</summary>
    public bool Suspended { get; init; }

    /// <summary>True when its device is lost.</summary>
    public bool Lost { get; init; }
}
