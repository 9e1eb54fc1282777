namespace Reranker.Grains.Dispatch;

/// <summary>How one attempt to have a sub-batch scored ended.</summary>
internal enum AttemptEnd
{
    /// <summary>Scored, and the result was used.</summary>
    Ok,

    /// <summary>Another attempt was faster; this one's result was dropped, or its work cancelled.</summary>
    Late,

    /// <summary>The worker had no room before the deadline.</summary>
    Busy,

    /// <summary>The worker takes no more work: its process is stopping.</summary>
    Draining,

    /// <summary>The worker takes no work: its device is lost, or fails whatever it is given.</summary>
    DeviceLost,

    /// <summary>The worker does not serve the model.</summary>
    WrongModel,

    /// <summary>Inference failed.</summary>
    Failed,

    /// <summary>The call failed on the way; whether it was executed is unknown.</summary>
    Lost,

    /// <summary>The request's deadline passed on the worker.</summary>
    Expired,

    /// <summary>The worker calls the sub-batch malformed.</summary>
    Invalid,

    /// <summary>The request was cancelled or ended otherwise.</summary>
    Cancelled,
}
