namespace Reranker.Inference.Models;

/// <summary>
/// How a pair reads to an XLM-RoBERTa cross-encoder: <c>&lt;s&gt; query &lt;/s&gt;&lt;/s&gt; passage &lt;/s&gt;</c>. Whoever
/// writes or counts pairs asks here.
/// </summary>
public static class PairLayout
{
    /// <summary>Id of <c>&lt;s&gt;</c>, which begins a pair.</summary>
    public const int BeginId = 0;

    /// <summary>Id of <c>&lt;pad&gt;</c>.</summary>
    public const int PadId = 1;

    /// <summary>Id of <c>&lt;/s&gt;</c>, which ends a text.</summary>
    public const int EndId = 2;

    /// <summary>Id of <c>&lt;unk&gt;</c>.</summary>
    public const int UnknownId = 3;

    /// <summary>Tokens of a pair that are not text.</summary>
    public const int SpecialTokens = 4;

    /// <summary>Fewest tokens that a limit may be: a pair keeps a token of each text.</summary>
    public const int MinPairTokens = SpecialTokens + 2;

    /// <summary>Writes a pair but for its passage.</summary>
    /// <param name="query">The query's ids.</param>
    /// <param name="pair">Room for exactly one pair: the query, the passage and <see cref="SpecialTokens"/>.</param>
    /// <returns>The part of <paramref name="pair"/> that the passage's ids belong in.</returns>
    public static Span<int> WriteQueryAndSpecialTokens(ReadOnlySpan<int> query, Span<int> pair)
    {
        pair[0] = BeginId;
        query.CopyTo(pair[1..]);
        pair[1 + query.Length] = EndId;
        pair[2 + query.Length] = EndId;
        pair[^1] = EndId;
        return pair[(3 + query.Length)..^1];
    }
}
