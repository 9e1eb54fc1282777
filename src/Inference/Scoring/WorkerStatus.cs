namespace Reranker.Inference.Scoring;

/// <summary>A worker's load at one moment, model by model.</summary>
public readonly record struct WorkerStatus()
{
    /// <summary>The models it serves, each with its own load; empty for a worker that serves none.</summary>
    public IReadOnlyList<ModelStatus> Models { get; init; } = [];

    /// <summary>Counts up with every status taken.</summary>
    public long Sequence { get; init; }

    /// <summary>Tokens waiting for all its models.</summary>
    public long QueuedTokens => Models.Sum(static m => m.QueuedTokens);

    /// <summary>Predicted time until the running batches of all its models are done; models run side by side.</summary>
    public TimeSpan InFlight => Models.Count == 0 ? TimeSpan.Zero : Models.Max(static m => m.InFlight);

    /// <summary>True while it takes new work for all its models.</summary>
    public bool Ready => Models.Count > 0 && Models.All(static m => m.Ready);

    /// <summary>True while it finishes what it has of some model and takes no more.</summary>
    public bool Draining => Models.Any(static m => m.Draining);

    /// <summary>True while its device fails with some model whatever it is given.</summary>
    public bool Suspended => Models.Any(static m => m.Suspended);

    /// <summary>True when its device is lost.</summary>
    public bool Lost => Models.Any(static m => m.Lost);
}
