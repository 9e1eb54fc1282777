namespace Reranker.Client;

/// <summary>What a request cost.</summary>
/// <param name="Tokens">Tokens the model read, all pairs together, special tokens included.</param>
/// <param name="QueryTokens">Tokens of the query as the model read it, once.</param>
/// <param name="TruncatedQueryTokens">Tokens of the query that the model did not read.</param>
/// <param name="TruncatedPassages">Passages of which the model did not read everything.</param>
public readonly record struct RerankUsage(long Tokens, int QueryTokens, int TruncatedQueryTokens, int TruncatedPassages)
{
    /// <summary>Passages that were scored in more than one chunk.</summary>
    public int ChunkedPassages { get; init; }

    /// <summary>The chunks of these passages together.</summary>
    public int Chunks { get; init; }
}
