namespace Reranker.Requests;

/// <summary>How a pair that does not fit is cut. Everything that is cut is reported in the reply.</summary>
[GenerateSerializer, Immutable, Alias("reranker.truncation")]
public sealed record TruncationOptions
{
    /// <summary>False: a pair that does not fit makes the request <see cref="RerankOutcome.TooLong"/>.</summary>
    [Id(0)] public bool Allowed { get; init; } = true;

    /// <summary>Which text of the pair is cut.</summary>
    [Id(1)] public TruncationStrategy Strategy { get; init; } = TruncationStrategy.OnlySecond;

    /// <summary>Which end of a text is cut off.</summary>
    [Id(2)] public TruncationSide Side { get; init; } = TruncationSide.Right;

    /// <summary>Most tokens of a pair with its four special tokens; null means the model's limit.</summary>
    [Id(3)] public int? MaxPairTokens { get; init; }

    /// <summary>Most tokens of a passage by itself; null means no limit of its own.</summary>
    [Id(4)] public int? MaxPassageTokens { get; init; }

    /// <summary>Most tokens of the query by itself; null means three quarters of the pair's limit (only-second) or no limit of its own (longest-first).</summary>
    [Id(5)] public int? MaxQueryTokens { get; init; }

    /// <summary>
    /// Most chunks of a passage, 1 to <see cref="Limits.MaxChunks"/>; 1 (default) cuts a passage that is too long. With more
    /// it is scored in chunks, each with the query, and the best chunk's logit is the passage's. What is beyond the last
    /// chunk is cut, or an error where <see cref="Allowed"/> is false. The query then keeps at most three quarters of a
    /// pair, whatever the strategy.
    /// </summary>
    [Id(6)] public int MaxChunks { get; init; } = 1;

    /// <summary>Tokens that neighbouring chunks share, at least 0, so that no sentence is torn in all of them; at most half of a chunk is shared. Default 64.</summary>
    [Id(7)] public int ChunkOverlap { get; init; } = 64;
}
