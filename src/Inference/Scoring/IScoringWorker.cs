namespace Reranker.Inference.Scoring;

/// <summary>One device with its queue, its threads and its engines. Lives as long as the process; grains only address it.</summary>
public interface IScoringWorker
{
    /// <summary>Ordinal of the worker in its process, from 0.</summary>
    int Ordinal { get; }

    /// <summary>The models it serves now.</summary>
    IReadOnlyList<Engines.EngineDescription> Engines { get; }

    /// <summary>Its load now.</summary>
    WorkerStatus Status { get; }

    /// <summary>Completes when its device is lost. A lost device stays lost for as long as the process lives.</summary>
    Task Lost { get; }

    /// <summary>How far it is with a request.</summary>
    /// <param name="modelIdentity">The model that scores the request.</param>
    /// <param name="requestId">The request.</param>
    RequestProgress FindProgress(string modelIdentity, Guid requestId);

    /// <summary>
    /// Queues the pairs and completes when all of them are scored or the work has failed as a whole. Never throws for
    /// an outcome: cancellation, expiry and faults are values. Continuations never run on the worker's threads.
    /// </summary>
    Task<WorkResult> ScoreAsync(WorkItem work, CancellationToken cancellationToken);
}
