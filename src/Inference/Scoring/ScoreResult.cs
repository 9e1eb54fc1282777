namespace Reranker.Inference.Scoring;

/// <summary>How a work ended.</summary>
public sealed record ScoreResult
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
}
