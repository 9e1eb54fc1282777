using System.Collections.Immutable;
using Reranker.Fleet;

namespace Reranker.Grains.Fleet;

/// <summary>The workers of all active silos at one moment; replaced as a whole, never changed.</summary>
internal sealed class FleetSnapshot(ImmutableArray<FleetWorker> workers)
{
    /// <summary>A fleet of nobody.</summary>
    public static readonly FleetSnapshot Empty = new([]);

    /// <summary>Every worker, ordered by silo and ordinal.</summary>
    public ImmutableArray<FleetWorker> Workers { get; } = workers;

    /// <summary>The workers that serve an identity, whatever their state.</summary>
    public IEnumerable<FleetWorker> Serving(string identity) => Workers.Where(w => w.Serves(identity));

    /// <summary>Every model that some worker serves, with the number of workers that take work for it.</summary>
    public IEnumerable<ModelInfo> Models()
        => Workers
            .SelectMany(w => w.Description.Models.Select(m => (Worker: w, Model: m)))
            .GroupBy(p => p.Model.Identity)
            .Select(g => g.First().Model with
            {
                // Every worker must take what a request was cut to.
                MaxPairTokens = g.Min(p => p.Model.MaxPairTokens),
                ReadyWorkers = g.Count(p => p.Worker.TakesWork(g.Key)),
            });
}
