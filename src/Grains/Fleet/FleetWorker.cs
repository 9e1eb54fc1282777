using Reranker.Fleet;
using Reranker.Grains.Placement;
using Reranker.Grains.Workers;
using Reranker.Inference.Workers;
using Reranker.Workers;

namespace Reranker.Grains.Fleet;

/// <summary>One worker of the fleet as this silo knows it. The description never changes; the estimate does.</summary>
internal sealed class FleetWorker(
    WorkerKey key, string siloName, WorkerDescription description, IGpuWorkerGrain grain, WorkerEstimate estimate, IScoringWorker? local)
{
    /// <summary>Its grain's key.</summary>
    public WorkerKey Key { get; } = key;

    /// <summary>Its grain's key as text, for tags and replies.</summary>
    public string Name { get; } = key.ToString();

    /// <summary>Its silo's name.</summary>
    public string SiloName { get; } = siloName;

    /// <summary>What it is and serves.</summary>
    public WorkerDescription Description { get; } = description;

    /// <summary>Where calls go.</summary>
    public IGpuWorkerGrain Grain { get; } = grain;

    /// <summary>When it will be free.</summary>
    public WorkerEstimate Estimate { get; } = estimate;

    /// <summary>True for a worker of this silo.</summary>
    public bool IsLocal => local is not null;

    /// <summary>True when it may take work and no call to it failed lately.</summary>
    public bool IsEligible => Estimate.TakesWork && !Estimate.IsPenalised;

    /// <summary>The model of that identity as this worker serves it, or null.</summary>
    public ModelInfo? Model(string identity) => Array.Find(Description.Models, m => m.Identity == identity);

    /// <summary>Reads a local worker's load; does nothing for a remote one.</summary>
    public void ReadLocal()
    {
        if (local is not null)
        {
            Estimate.Report(local.Status.ToLoad());
        }
    }

    /// <summary>The same worker with another description, unless the one it has was begun later.</summary>
    public FleetWorker With(WorkerDescription changed) => changed.Load.Sequence < Description.Load.Sequence
        ? this
        : new(Key, SiloName, changed, Grain, Estimate, local);
}
