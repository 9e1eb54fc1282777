using System.Text.Json.Serialization;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Queues;
using Reranker.Simulation.Workload;

namespace Reranker.Simulation.Runs;

/// <summary>One run.</summary>
/// <param name="Cards">Kinds of its GPUs: one silo has the first, the next one the second, and so on in turn.</param>
/// <param name="Gpus">How many.</param>
/// <param name="Load">Offered tokens by what the fleet can score.</param>
/// <param name="Policy">How their queues are ordered.</param>
/// <param name="Seconds">How long requests arrive; what comes before <see cref="WarmUp"/> is not counted.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Tenants">Who sends requests.</param>
internal sealed record SimulationCase(
    [property: JsonIgnore] IReadOnlyList<Card> Cards, int Gpus, double Load, Policy Policy, double Seconds, int Seed, IReadOnlyList<Tenant> Tenants)
{
    /// <summary>GPUs of one silo.</summary>
    public int GpusPerSilo { get; init; } = 4;

    /// <summary>Lengths of queries and passages.</summary>
    [JsonIgnore]
    public Texts Texts { get; init; } = Texts.Web;

    /// <summary>Requests a second of every tenant, in place of <see cref="Load"/>; null to go by that.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>How many times as often requests arrive in bursts; 1 for none.</summary>
    public double Burst { get; init; } = 1;

    /// <summary>What a request takes besides its way from silo to worker and back: gateway, network to it, tokenizing.</summary>
    public TimeSpan TimeAround { get; init; }

    /// <summary>What a run takes beyond the engine's own time, where a server works around it.</summary>
    public TimeSpan TimeBetweenRuns { get; init; }

    /// <summary>When counting starts: after a fifth, where nothing else is said.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(Seconds / 5);

    /// <summary>When the last request arrives.</summary>
    public TimeSpan End => TimeSpan.FromSeconds(Seconds);
}
