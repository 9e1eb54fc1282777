namespace Reranker.Requests;

/// <summary>Scores of some passages of a request that has not ended. The lists go together, an entry for each of those passages.</summary>
[GenerateSerializer, Immutable, Alias("reranker.rerank-parts")]
public sealed record RerankParts
{
    /// <summary>False when no such request is under way on the silo: it has not come yet, or it has ended. All else is empty then.</summary>
    [Id(0)] public required bool IsUnderWay { get; init; }

    /// <summary>Name of the model that scores.</summary>
    [Id(1)] public string? Model { get; init; }

    /// <summary>
    /// Identity of the model that scores. Where it is another one than before, the request has started again: nothing that was told
    /// under the earlier one is in its reply.
    /// </summary>
    [Id(2)] public string? ModelIdentity { get; init; }

    /// <summary>Positions of the passages in the request; none when only the identity is news.</summary>
    [Id(3)] public int[] Passages { get; init; } = [];

    /// <summary>Their raw logits.</summary>
    [Id(4)] public float[] Logits { get; init; } = [];

    /// <summary>Tokens of their pairs, as in <see cref="RerankReply.PairTokens"/>.</summary>
    [Id(5)] public int[] PairTokens { get; init; } = [];

    /// <summary>Tokens of them that the model did not read; null when nothing was cut.</summary>
    [Id(6)] public int[]? CutTokens { get; init; }

    /// <summary>Their chunks; null when no passage of the request has more than one.</summary>
    [Id(7)] public int[]? Chunks { get; init; }
}
