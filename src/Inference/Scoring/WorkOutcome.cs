namespace Reranker.Inference.Scoring;

/// <summary>How a work item ended on a worker.</summary>
public enum WorkOutcome
{
    /// <summary>Every pair has a logit.</summary>
    Ok,

    /// <summary>The queue is full, or the work cannot be finished before its deadline.</summary>
    Busy,

    /// <summary>The deadline passed while work was queued.</summary>
    Expired,

    /// <summary>The worker finishes what it has and takes no more.</summary>
    Draining,

    /// <summary>The worker has no engine of that model identity.</summary>
    WrongModel,

    /// <summary>Ids outside the vocabulary, a pair longer than the engine takes, or offsets that do not add up.</summary>
    Invalid,

    /// <summary>Inference failed for at least one pair.</summary>
    Failed,

    /// <summary>The device is lost and no other worker of the process can take the work over.</summary>
    DeviceLost,

    /// <summary>The device fails every run, and no other worker of the process can take the work over. The device is tried again later.</summary>
    DeviceFailing,

    /// <summary>The caller cancelled, or another work item of the same request expired.</summary>
    Cancelled,
}
