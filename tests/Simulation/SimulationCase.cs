using Reranker.Simulation.Fleet;
using Reranker.Simulation.Queues;
using Reranker.Simulation.Workload;

namespace Reranker.Simulation;

/// <summary>One run.</summary>
/// <param name="Fleet">Which GPUs.</param>
/// <param name="Gpus">How many.</param>
/// <param name="Load">Offered tokens by what the fleet can score.</param>
/// <param name="Policy">How their queues are ordered.</param>
/// <param name="Seconds">How long requests arrive; the first fifth is not counted.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Tenants">Who sends requests.</param>
internal sealed record SimulationCase(
    FleetKind Fleet, int Gpus, double Load, Policy Policy, double Seconds, int Seed, IReadOnlyList<Tenant> Tenants)
{
    /// <summary>GPUs of one silo.</summary>
    public const int GpusPerSilo = 4;

    /// <summary>When counting starts.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(Seconds / 5);

    /// <summary>When the last request arrives.</summary>
    public TimeSpan End => TimeSpan.FromSeconds(Seconds);
}
