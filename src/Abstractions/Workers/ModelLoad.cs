namespace Reranker.Workers;

/// <summary>The load of one model on a worker. Rate, queue and state differ from model to model, also on one device.</summary>
[GenerateSerializer, Immutable, Alias("reranker.model-load")]
public readonly record struct ModelLoad
{
    /// <summary>Identity of the model.</summary>
    [Id(0)] public required string Identity { get; init; }

    /// <summary>Tokens waiting for it.</summary>
    [Id(1)] public long QueuedTokens { get; init; }

    /// <summary>Tokens of it that the worker scores a second when it is busy, as measured.</summary>
    [Id(2)] public double TokensPerSecond { get; init; }

    /// <summary>Predicted time until its batches that run now are done, in microseconds.</summary>
    [Id(3)] public long InFlightMicroseconds { get; init; }

    /// <summary>Predicted time to work off everything that waits for it now, in microseconds; the running batches not counted.</summary>
    [Id(4)] public long BacklogMicroseconds { get; init; }

    /// <summary>What the worker would do with new work for it.</summary>
    [Id(5)] public WorkerState State { get; init; }
}
