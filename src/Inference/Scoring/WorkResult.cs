namespace Reranker.Inference.Scoring;

/// <summary>The result of a work item: its logits, or why there are none, and its times.</summary>
public sealed record WorkResult
{
    /// <summary>How it ended.</summary>
    public required WorkOutcome Outcome { get; init; }

    /// <summary>One logit a pair; empty unless <see cref="WorkOutcome.Ok"/>.</summary>
    public float[] Logits { get; init; } = [];

    /// <summary>One sentence when the work was invalid or failed.</summary>
    public string? Error { get; init; }

    /// <summary>Longest wait of a pair in the queue.</summary>
    public TimeSpan QueueTime { get; init; }

    /// <summary>From the start of its first batch to the end of its last.</summary>
    public TimeSpan InferenceTime { get; init; }

    /// <summary>From its arrival in the queue to the end of its last batch; zero when none of its pairs ran.</summary>
    public TimeSpan TotalTime { get; init; }

    /// <summary>Batches its pairs ran in.</summary>
    public int Batches { get; init; }

    /// <summary>Creates the result of a work item of which nothing was scored. Without an error it has the sentence of its outcome.</summary>
    internal static WorkResult Create(WorkOutcome outcome, string? error = null)
        => new() { Outcome = outcome, Error = error ?? DescribeError(outcome) };

    /// <summary>The sentence that explains an outcome; null where it needs none.</summary>
    internal static string? DescribeError(WorkOutcome outcome) => outcome switch
    {
        WorkOutcome.DeviceLost => "The device is lost.",
        WorkOutcome.DeviceFailing => "The device fails whatever it is given.",
        _ => null,
    };
}
