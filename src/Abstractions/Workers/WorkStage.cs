namespace Reranker.Workers;

/// <summary>What a worker is doing with a request's pairs.</summary>
[GenerateSerializer, Alias("reranker.work-stage")]
public enum WorkStage
{
    /// <summary>The worker has no unfinished pair of the request: the work has not arrived, was lost, or is done and its answer is on the way.</summary>
    Absent = 0,

    /// <summary>Some of its pairs wait.</summary>
    Queued = 1,

    /// <summary>None of its pairs wait; all that is unfinished is on the device.</summary>
    Running = 2,
}
