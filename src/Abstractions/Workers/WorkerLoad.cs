namespace Reranker.Workers;

/// <summary>A worker's load at one moment; travels on every reply, because the freshest view is the cheapest.</summary>
[GenerateSerializer, Immutable, Alias("reranker.worker-load")]
public readonly record struct WorkerLoad
{
    /// <summary>Tokens waiting in the queue.</summary>
    [Id(0)] public long QueuedTokens { get; init; }

    /// <summary>Tokens the worker scores a second when it is busy, as measured.</summary>
    [Id(1)] public double TokensPerSecond { get; init; }

    /// <summary>Predicted time until the batches that run now are done, in microseconds.</summary>
    [Id(2)] public long InFlightMicroseconds { get; init; }

    /// <summary>Predicted time to work off everything that waits now, in microseconds; the running batches not counted.</summary>
    [Id(3)] public long BacklogMicroseconds { get; init; }

    /// <summary>What the worker would do with new work.</summary>
    [Id(4)] public WorkerState State { get; init; }

    /// <summary>Counts up with each report of this worker, so that an older one never replaces a newer.</summary>
    [Id(5)] public long Sequence { get; init; }
}
