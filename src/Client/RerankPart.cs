namespace Reranker.Client;

/// <summary>Scores of a request that became known together; the last part has the response as well.</summary>
public sealed record RerankPart
{
    /// <summary>
    /// Counts from 0 how often the request has started again because another model identity scores it. Scores of parts with a lower
    /// number are void: identities do not compare.
    /// </summary>
    public required int Generation { get; init; }

    /// <summary>
    /// Scores of passages that no earlier part of this generation has, in no order. All parts of the last generation together have each
    /// passage once, if the request succeeds. None in a part that only says that earlier ones are void, and where the request fails.
    /// </summary>
    public required IReadOnlyList<PassageScore> Scores { get; init; }

    /// <summary>Name of the model that scores; empty where no model was found.</summary>
    public string Model { get; init; } = "";

    /// <summary>Identity of the model that scores; empty where no model was found.</summary>
    public string ModelIdentity { get; init; } = "";

    /// <summary>
    /// How the request ended, in its last part; null before. Its result has all scores, as the parts told them. Where the request failed
    /// it has none, and those of the parts are void.
    /// </summary>
    public RerankResponse? Response { get; init; }
}
