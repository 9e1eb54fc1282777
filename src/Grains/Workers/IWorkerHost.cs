using Reranker.Inference.Scoring;

namespace Reranker.Grains.Workers;

/// <summary>
/// Owns the workers of one silo: loads and warms them before the silo joins the cluster, drains them after its grains
/// are gone. A silo without devices has a host without workers.
/// </summary>
public interface IWorkerHost
{
    /// <summary>The workers; empty until <see cref="StartAsync"/> has completed.</summary>
    IReadOnlyList<IScoringWorker> Workers { get; }

    /// <summary>Loads models and creates the workers. A failure fails the silo's start.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Takes no more work, finishes what is queued, and releases the devices.</summary>
    /// <param name="cancellationToken">Cancelled when there is no time left to finish: what is queued is given up.</param>
    Task StopAsync(CancellationToken cancellationToken);
}
