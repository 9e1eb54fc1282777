using System.Collections.Immutable;

namespace Reranker.Grains.Fleet;

/// <summary>
/// The workers of all active silos at one moment; replaced as a whole, never changed. Every request asks who serves its model, so
/// that is put into order once, when the picture is made.
/// </summary>
internal sealed class FleetSnapshot
{
    /// <summary>A fleet of nobody.</summary>
    public static readonly FleetSnapshot Empty = new([]);

    private readonly Dictionary<string, ServedModel> _byIdentity;

    /// <summary>Makes the picture of workers that are ordered by silo and ordinal.</summary>
    public FleetSnapshot(ImmutableArray<FleetWorker> workers)
    {
        Workers = workers;
        Models =
        [
            .. workers
                .SelectMany(w => w.Description.Models.Select(m => (Worker: w, Model: m)))
                .GroupBy(p => p.Model.Identity)
                .Select(g => new ServedModel(
                    g.First().Model with { MaxPairTokens = g.Min(p => p.Model.MaxPairTokens) }, [.. g.Select(p => p.Worker).Distinct()])),
        ];
        _byIdentity = Models.ToDictionary(m => m.Identity, StringComparer.Ordinal);
    }

    /// <summary>Every worker, ordered by silo and ordinal.</summary>
    public ImmutableArray<FleetWorker> Workers { get; }

    /// <summary>Every model that some worker serves.</summary>
    public ImmutableArray<ServedModel> Models { get; }

    /// <summary>The model of an identity; null when no worker serves it.</summary>
    public ServedModel? FindModel(string identity) => _byIdentity.GetValueOrDefault(identity);

    /// <summary>The workers that serve an identity, whatever their state. Shared by all who ask: never changed.</summary>
    public FleetWorker[] GetWorkers(string identity) => FindModel(identity)?.Workers ?? [];
}
