using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>One request as token ids, without special tokens, cut to fit.</summary>
public sealed record TokenizedRequest
{
    /// <summary>How the model reads a pair.</summary>
    public PairTemplate Template { get; init; } = PairTemplate.XlmRoberta;

    /// <summary>The query's ids.</summary>
    public required int[] QueryIds { get; init; }

    /// <summary>Ids of each passage, in the request's order.</summary>
    public required int[][] PassageIds { get; init; }

    /// <summary>Numbers of ids of each passage behind which a sentence ends; null where nobody asked (<see cref="TruncationRule.AtSentences"/>).</summary>
    public int[]?[]? SentenceEnds { get; init; }

    /// <summary>Tokens of the query that each pair keeps; null unless longest-first truncation cut the query of some pair.</summary>
    public int[]? QueryLengths { get; init; }

    /// <summary>True when <see cref="QueryLengths"/> keeps the query's end.</summary>
    public bool KeepQueryEnd { get; init; }

    /// <summary>Tokens of each passage that were cut; null when none were. An estimate where the text was cut by characters before it was tokenized.</summary>
    public int[]? CutTokens { get; init; }

    /// <summary>Tokens of the query that were cut for every pair.</summary>
    public int QueryCutTokens { get; init; }

    /// <summary>UTF-16 code units of all texts that were tokenized.</summary>
    public long Characters { get; init; }

    /// <summary>
    /// Writes pair <paramref name="index"/> as the model reads it (<see cref="Template"/>) to <paramref name="destination"/>,
    /// which has room for <see cref="CountPairTokens"/> ids.
    /// </summary>
    public void CopyPair(int index, Span<int> destination)
    {
        ReadOnlySpan<int> query = QueryIds;
        var kept = QueryLengths?[index] ?? query.Length;
        query = KeepQueryEnd ? query[^kept..] : query[..kept];
        PassageIds[index].CopyTo(Template.WriteQueryAndSpecialTokens(query, destination[..CountPairTokens(index)]));
    }

    /// <summary>The same query with some of the passages, in the given order. What was cut is not carried over.</summary>
    public TokenizedRequest SelectPassages(int[] passages)
    {
        ArgumentNullException.ThrowIfNull(passages);
        return this with
        {
            PassageIds = Array.ConvertAll(passages, i => PassageIds[i]),
            QueryLengths = QueryLengths is { } kept ? Array.ConvertAll(passages, i => kept[i]) : null,
            CutTokens = null,
            SentenceEnds = null,
        };
    }

    /// <summary>Tokens of pair <paramref name="index"/>, special tokens included.</summary>
    public int CountPairTokens(int index)
        => (QueryLengths?[index] ?? QueryIds.Length) + PassageIds[index].Length + Template.SpecialTokens;
}
