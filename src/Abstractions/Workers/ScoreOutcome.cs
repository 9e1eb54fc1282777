namespace Reranker.Workers;

/// <summary>How a sub-batch ended on a worker.</summary>
[GenerateSerializer, Alias("reranker.score-outcome")]
public enum ScoreOutcome
{
    /// <summary>Every pair has a logit.</summary>
    Ok = 0,

    /// <summary>The queue is full, or the work cannot be finished before the deadline; another worker may.</summary>
    Busy = 1,

    /// <summary>The deadline passed while the work was queued.</summary>
    Expired = 2,

    /// <summary>The worker takes no more work because its process is stopping.</summary>
    Draining = 3,

    /// <summary>The worker has no engine of the pinned model identity.</summary>
    WrongModel = 4,

    /// <summary>The request is malformed: ids outside the vocabulary, a pair longer than the engine takes, lengths that do not add up.</summary>
    Invalid = 5,

    /// <summary>Inference failed for at least one pair; repeating it on another worker may help.</summary>
    Failed = 6,

    /// <summary>The caller cancelled, or another item of the same request expired.</summary>
    Cancelled = 7,

    /// <summary>The worker's device is lost or fails every run, and no other worker of its process can take the work over; one elsewhere may.</summary>
    DeviceLost = 8,
}
