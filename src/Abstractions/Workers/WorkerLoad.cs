namespace Reranker.Workers;

/// <summary>
/// A worker's load at one moment; travels on every reply, because the freshest view is the cheapest. What differs by model
/// is in <see cref="Models"/>; the sums beside it are for readers that know of one model a worker only.
/// </summary>
[GenerateSerializer, Immutable, OmitDefaultMemberValues, Alias("reranker.worker-load")]
public readonly record struct WorkerLoad
{
    /// <summary>Tokens waiting in the queues of all its models.</summary>
    [Id(0)] public long QueuedTokens { get; init; }

    /// <summary>Tokens of its fastest model that the worker scores a second when it is busy, as measured.</summary>
    [Id(1)] public double TokensPerSecond { get; init; }

    /// <summary>Predicted time until the batches that run now are done, in microseconds.</summary>
    [Id(2)] public long InFlightMicroseconds { get; init; }

    /// <summary>Predicted time to work off everything that waits now, in microseconds; the running batches not counted.</summary>
    [Id(3)] public long BacklogMicroseconds { get; init; }

    /// <summary>What the worker would do with new work, as the most willing of its models does.</summary>
    [Id(4)] public WorkerState State { get; init; }

    /// <summary>Counts up with each report of this worker, so that an older one never replaces a newer.</summary>
    [Id(5)] public long Sequence { get; init; }

    /// <summary>The load of each model that it serves; null from a worker that does not tell them apart.</summary>
    [Id(6)] public ModelLoad[]? Models { get; init; }
}
