using Reranker.Grains.Placement;
using Reranker.Grains.Wire;
using Reranker.Grains.Workers;
using Reranker.Inference.Scoring;
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

    /// <summary>True when it may take work for a model and no call to it failed lately.</summary>
    public bool IsEligible(string identity) => TakesWork(identity) && !Estimate.IsPenalized;

    /// <summary>True when it has not said that it takes no work for a model.</summary>
    public bool TakesWork(string identity) => Estimate.GetModel(identity).TakesWork;

    /// <summary>Reads a local worker's load; does nothing for a remote one.</summary>
    public void RefreshLocalLoad()
    {
        if (local is not null)
        {
            Estimate.TakeReport(local.Status.ToLoad());
        }
    }

    /// <summary>The same worker with another description, unless the one it has was begun later.</summary>
    public FleetWorker WithDescription(WorkerDescription changed) => changed.Load.Sequence < Description.Load.Sequence
        ? this
        : new(Key, SiloName, changed, Grain, Estimate, local);
}
