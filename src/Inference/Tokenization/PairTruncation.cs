using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>
/// Cuts a query and its passages to a <see cref="TruncationRule"/>, as the model's own tooling does: only-second as
/// FlagEmbedding's reranker, longest-first as Hugging Face's tokenizers (<c>truncate_encodings</c>).
/// </summary>
internal static class PairTruncation
{
    /// <summary>Refuses rules under which no pair could keep a token of each text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is too small.</exception>
    public static void ValidateRule(TruncationRule rule)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.MaxPairTokens, PairLayout.MinPairTokens, nameof(rule));
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.MaxPassageTokens ?? 1, 1, nameof(rule));
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.MaxQueryTokens ?? 1, 1, nameof(rule));
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.MaxChunks, 1, nameof(rule));
        ArgumentOutOfRangeException.ThrowIfNegative(rule.ChunkOverlap, nameof(rule));
    }

    /// <summary>Most tokens of the query that any pair can keep; what to tokenize it to.</summary>
    public static int FindQueryLimit(TruncationRule rule)
    {
        var room = CountRoom(rule);
        return rule switch
        {
            { Allowed: false, MaxChunks: 1 } => room,
            { LongestFirst: true, MaxChunks: 1 } => Math.Min(rule.MaxQueryTokens ?? room, room),

            // The passage keeps a token at least: three quarters of less than 20 would leave it none.
            _ => Math.Min(rule.MaxQueryTokens ?? (int)(rule.MaxPairTokens * 3L / 4), room - 1),
        };
    }

    /// <summary>Most tokens of a passage that any pair can keep; what to tokenize it to.</summary>
    public static int FindPassageLimit(TruncationRule rule)
        => rule.Allowed ? Math.Min(rule.MaxPassageTokens ?? int.MaxValue, rule.CountPassageCapacity(0)) : rule.CountPassageCapacity(0);

    /// <summary>Puts the texts together; they were tokenized to the two limits above.</summary>
    /// <exception cref="PairTooLongException">A pair does not fit and the rule does not allow to cut it.</exception>
    public static TokenizedRequest CutToFit(TokenizedText query, ReadOnlySpan<TokenizedText> passages, TruncationRule rule)
    {
        if (!rule.Allowed)
        {
            RequireFit(query, passages, rule);
        }

        var queryLengths = new int[passages.Length];
        var ids = new int[passages.Length][];
        var cut = new int[passages.Length];
        var ends = rule.AtSentences ? new int[]?[passages.Length] : null;
        var longestQuery = passages.IsEmpty ? query.Ids.Length : 0;
        var shortestQuery = query.Ids.Length;
        long characters = query.CharactersRead;
        for (var i = 0; i < passages.Length; i++)
        {
            ref readonly var passage = ref passages[i];
            var (keptQuery, keptPassage) = rule is { LongestFirst: true, MaxChunks: 1 }
                ? CutLongestFirst(query, passage, rule)
                : (query.Ids.Length, Math.Min(passage.Ids.Length, rule.CountPassageCapacity(query.Ids.Length)));
            queryLengths[i] = keptQuery;
            longestQuery = Math.Max(longestQuery, keptQuery);
            shortestQuery = Math.Min(shortestQuery, keptQuery);
            ids[i] = KeepIds(passage.Ids, keptPassage, rule.KeepEnd);
            cut[i] = passage.Tokens - keptPassage;
            ends?[i] = KeepEnds(passage, keptPassage, rule.KeepEnd);
            characters += passage.CharactersRead;
        }

        var differ = shortestQuery < longestQuery;
        return new TokenizedRequest
        {
            QueryIds = KeepIds(query.Ids, longestQuery, rule.KeepEnd),
            QueryCutTokens = query.Tokens - longestQuery,
            QueryLengths = differ ? queryLengths : null,
            KeepQueryEnd = differ && rule.KeepEnd,
            PassageIds = ids,
            CutTokens = cut.AsSpan().ContainsAnyExcept(0) ? cut : null,
            Characters = characters,
            SentenceEnds = ends,
        };
    }

    private static int[]? KeepEnds(TokenizedText passage, int kept, bool keepEnd)
    {
        var dropped = keepEnd ? passage.Ids.Length - kept : 0;
        return passage.SentenceEnds is { } ends && kept < passage.Ids.Length
            ? [.. ends.Select(end => end - dropped).Where(end => end > 0 && end < kept)]
            : passage.SentenceEnds;
    }

    /// <summary>
    /// The longer text is cut until both fit; when both are longer than half, each gets half and the longer one the odd token.
    /// Of two texts that are both longer than the whole pair, an estimate says which is longer.
    /// </summary>
    private static (int Query, int Passage) CutLongestFirst(TokenizedText query, TokenizedText passage, TruncationRule rule)
    {
        var room = CountRoom(rule);
        var (queryIds, passageIds) = (query.Ids.Length, passage.Ids.Length);
        if (queryIds + passageIds <= room)
        {
            return (queryIds, passageIds);
        }

        var queryTokens = Math.Min(query.Tokens, rule.MaxQueryTokens ?? int.MaxValue);
        var passageTokens = Math.Min(passage.Tokens, rule.MaxPassageTokens ?? int.MaxValue);
        var queryIsLonger = queryTokens > passageTokens;
        var shorter = Math.Min(queryIds, passageIds);
        var keptShorter = shorter <= room / 2 ? shorter : room / 2;
        return queryIsLonger ? (room - keptShorter, keptShorter) : (keptShorter, room - keptShorter);
    }

    private static void RequireFit(TokenizedText query, ReadOnlySpan<TokenizedText> passages, TruncationRule rule)
    {
        for (var i = 0; i < passages.Length; i++)
        {
            var passage = passages[i];
            if (rule.MaxChunks > 1)
            {
                RequireFitInChunks(query, passage, i, rule);
                continue;
            }

            var pair = query.KnownTokens + passage.KnownTokens + rule.SpecialTokens;
            var limit = rule.MaxPairTokens;
            if (passage.KnownTokens > rule.MaxPassageTokens)
            {
                limit = Math.Min(limit, pair - passage.KnownTokens + rule.MaxPassageTokens.Value);
            }

            if (query.KnownTokens > rule.MaxQueryTokens)
            {
                limit = Math.Min(limit, pair - query.KnownTokens + rule.MaxQueryTokens.Value);
            }

            if (pair > limit)
            {
                throw new PairTooLongException(i, pair, limit);
            }
        }
    }

    private static void RequireFitInChunks(TokenizedText query, TokenizedText passage, int index, TruncationRule rule)
    {
        if (query.KnownTokens > FindQueryLimit(rule))
        {
            throw PairTooLongException.CreateForQuery(query.KnownTokens, FindQueryLimit(rule));
        }

        var limit = Math.Min(rule.CountPassageCapacity(query.Ids.Length), rule.MaxPassageTokens ?? int.MaxValue);
        if (passage.KnownTokens > limit)
        {
            throw PairTooLongException.CreateForChunks(index, passage.KnownTokens, limit);
        }
    }

    private static int CountRoom(TruncationRule rule) => rule.CountPassageRoom(0);

    private static int[] KeepIds(int[] ids, int count, bool keepEnd)
        => count == ids.Length ? ids : keepEnd ? ids[^count..] : ids[..count];
}
