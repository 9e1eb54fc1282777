using Reranker.Fleet;

namespace Reranker.Grains.Fleet;

/// <summary>A model and the workers that serve it at one moment.</summary>
/// <param name="info">What it is; every worker takes pairs of the length that it says.</param>
/// <param name="workers">Those that serve it, whatever their state.</param>
internal sealed class ServedModel(ModelInfo info, FleetWorker[] workers)
{
    /// <summary>Name that requests use.</summary>
    public string Name => info.Name;

    /// <summary>Its identity.</summary>
    public string Identity => info.Identity;

    /// <summary>Most tokens of a pair that every worker takes: a request is cut to it before its workers are chosen.</summary>
    public int MaxPairTokens => info.MaxPairTokens;

    /// <summary>The workers that serve it, whatever their state. Shared by all who ask: never changed.</summary>
    public FleetWorker[] Workers { get; } = workers;

    /// <summary>True when one of its workers takes work for it now.</summary>
    public bool IsReady
    {
        get
        {
            foreach (var worker in Workers)
            {
                if (worker.TakesWork(Identity))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The model as the edge is told of it, with the number of workers that take work for it now.</summary>
    public ModelInfo Describe() => info with { ReadyWorkers = Workers.Count(w => w.TakesWork(Identity)) };
}
