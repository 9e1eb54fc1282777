using Reranker.Grains.Models;
using Reranker.Requests;

namespace Reranker.Grains.Routing;

/// <summary>The model a request is pinned to, or why there is none.</summary>
internal sealed class ModelResolution
{
    /// <summary>This silo has not loaded a model yet.</summary>
    public static readonly ModelResolution NoModelYet = new(RerankOutcome.Unavailable, "This silo has no model yet.");

    /// <summary>Somebody serves it, and nobody takes work for it.</summary>
    public static readonly ModelResolution NoWorker = new(RerankOutcome.Unavailable, "No worker takes work for that model at present.");

    /// <summary>Nobody serves it.</summary>
    public static readonly ModelResolution Unknown = new(RerankOutcome.UnknownModel, "No worker of the fleet serves a model of that name.");

    /// <summary>A request is pinned to a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="maxPairTokens">Most tokens of a pair that all of its workers take.</param>
    public ModelResolution(CatalogModel model, int maxPairTokens) => (Model, MaxPairTokens) = (model, maxPairTokens);

    private ModelResolution(RerankOutcome outcome, string error) => (Outcome, Error) = (outcome, error);

    /// <summary>The model; null when there is none.</summary>
    public CatalogModel? Model { get; }

    /// <summary>Most tokens of a pair that all of its workers take.</summary>
    public int MaxPairTokens { get; }

    /// <summary>Ok when there is a model.</summary>
    public RerankOutcome Outcome { get; } = RerankOutcome.Ok;

    /// <summary>One sentence on why there is none.</summary>
    public string? Error { get; }
}
