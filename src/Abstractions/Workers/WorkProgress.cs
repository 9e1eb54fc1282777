namespace Reranker.Workers;

/// <summary>
/// How far a worker is with one request, for a caller who has waited longer than expected: it tells work that only waits
/// its turn from work that is stuck.
/// </summary>
[GenerateSerializer, Immutable, Alias("reranker.work-progress")]
public readonly record struct WorkProgress
{
    /// <summary>What the worker does with the request's pairs.</summary>
    [Id(0)] public WorkStage Stage { get; init; }

    /// <summary>How long the most overdue run on the device has taken so far, in microseconds; 0 when nothing runs.</summary>
    [Id(1)] public long RunningMicroseconds { get; init; }

    /// <summary>How long that run should have taken, in microseconds.</summary>
    [Id(2)] public long PredictedMicroseconds { get; init; }

    /// <summary>The worker's load.</summary>
    [Id(3)] public WorkerLoad Load { get; init; }
}
