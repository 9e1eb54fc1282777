using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Client;

/// <summary>What one request may choose.</summary>
public sealed record RerankOptions
{
    /// <summary>Name or identity of the model; null (default) takes the fleet's default model.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// Time the whole request may take, attempts included, up to <see cref="Limits.MaxDeadline"/>; null (default) takes
    /// <see cref="RerankerClientOptions.DefaultDeadline"/>.
    /// </summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>How pairs that are too long are cut; by default the passage is, at its end.</summary>
    public TruncationOptions Truncation { get; init; } = new();

    /// <summary>
    /// Whether chunks of a long passage (<see cref="TruncationOptions.MaxChunks"/>) end where sentences do, if one ends near, and begin with a
    /// whole sentence. A passage may then need a chunk more, within its limit. Default false: chunks of equal length.
    /// </summary>
    public bool ChunkAtSentences { get; init; }

    /// <summary>
    /// Where several identities share a model's requests, the key that chooses one, the same one while the shares stay; null
    /// (default) draws one for the request. An id of a user or a session keeps all its requests with one identity.
    /// </summary>
    public string? RouteKey { get; init; }

    /// <summary>The tenant that the work is charged to; workers share their time fairly among tenants. Empty by default.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>How urgent the work is; <see cref="WorkPriority.Normal"/> by default.</summary>
    public WorkPriority Priority { get; init; }
}
