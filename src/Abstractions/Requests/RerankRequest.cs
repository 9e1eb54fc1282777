using Reranker.Workers;

namespace Reranker.Requests;

/// <summary>One query and its passages, as text.</summary>
[GenerateSerializer, Immutable, Alias("reranker.rerank-request"), UseActivator]
public sealed record RerankRequest
{
    /// <summary>The query, not empty.</summary>
    [Id(0)] public required string Query { get; init; }

    /// <summary>The passages in the caller's order, at least one, at most <see cref="Limits.MaxPassages"/>.</summary>
    [Id(1)] public required string[] Passages { get; init; }

    /// <summary>Name or identity of the model; null means the fleet's default model.</summary>
    [Id(2)] public string? Model { get; init; }

    /// <summary>Time left for the whole request in milliseconds, measured when the message was sent; clocks are never compared between processes.</summary>
    [Id(3)] public required int RemainingMilliseconds { get; init; }

    /// <summary>What to do with texts that are longer than the model or the caller allows.</summary>
    [Id(4)] public TruncationOptions Truncation { get; init; } = new();

    /// <summary>The tenant that the work is charged to; workers share their time fairly among tenants. Empty for callers without a tenant.</summary>
    [Id(5)] public string Tenant { get; init; } = "";

    /// <summary>
    /// Where several identities share a model's requests, this chooses one: the same key always the same one while the
    /// shares stay, so that all attempts of a request are of one identity. Empty draws one at random.
    /// </summary>
    [Id(6)] public string RouteKey { get; init; } = "";

    /// <summary>How urgent the work is.</summary>
    [Id(7)] public WorkPriority Priority { get; init; }

    /// <summary>
    /// Whether a chunk of a long passage ends where a sentence does, if one ends near. A silo of a release that does not know it makes chunks of
    /// equal length.
    /// </summary>
    [Id(8)] public bool ChunkAtSentences { get; init; }

    /// <summary>
    /// Names the request for <see cref="IRerankGrain.AwaitPartsAsync"/>, another name for each sending of it. Null when nobody asks for
    /// parts: then none are kept.
    /// </summary>
    [Id(9)] public Guid? PartsId { get; init; }

    // Whether it came from another process: nobody else holds its texts then. No part of the message.
    [NonSerialized]
    private bool _ownsTexts;

    /// <summary>
    /// Lets go of the texts of a request that came from another process. Its message would hold them until it is answered. A
    /// request of this process is its caller's, who may need them again.
    /// </summary>
    internal bool TryDropTexts()
    {
        if (_ownsTexts)
        {
            Array.Fill(Passages, "");
        }

        return _ownsTexts;
    }

    internal void MarkTextsOwned() => _ownsTexts = true;
}
