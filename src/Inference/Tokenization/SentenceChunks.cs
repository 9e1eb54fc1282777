namespace Reranker.Inference.Tokenization;

/// <summary>
/// Where the chunks of a passage are. Without sentences they are of about equal length (<see cref="PassageChunks"/>). With them a chunk ends
/// behind the sentence that ends nearest to where an equal one would, and the next begins with the first whole sentence of what both may share.
/// </summary>
public static class SentenceChunks
{
    /// <summary>The chunks of a passage by a rule: they cover it, none is longer than a pair's room, and no more than the rule allows.</summary>
    /// <param name="tokens">Tokens of the passage; no more than the rule's chunks hold.</param>
    /// <param name="queryTokens">Tokens of the query beside it.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="ends">Where its sentences end; null where that is not known.</param>
    public static IReadOnlyList<(int Start, int Length)> FindRanges(int tokens, int queryTokens, TruncationRule rule, int[]? ends)
    {
        var room = rule.CountPassageRoom(queryTokens);
        if (rule.MaxChunks == 1 || tokens <= room)
        {
            return [(0, tokens)];
        }

        if (ends is { Length: > 0 })
        {
            return FindSentenceRanges(tokens, room, rule, ends);
        }

        var count = PassageChunks.CountChunks(tokens, room, rule.ChunkOverlap);
        return [.. Enumerable.Range(0, count).Select(i => PassageChunks.FindRange(tokens, count, room, rule.ChunkOverlap, i))];
    }

    private static List<(int Start, int Length)> FindSentenceRanges(int tokens, int room, TruncationRule rule, int[] ends)
    {
        var shared = PassageChunks.LimitOverlap(room, rule.ChunkOverlap);
        var ranges = new List<(int Start, int Length)>();
        var (start, left) = (0, rule.MaxChunks);
        while (tokens - start > room)
        {
            left--;
            var rest = tokens - start;
            var even = start + PassageChunks.FindRange(rest, PassageChunks.CountChunks(rest, room, rule.ChunkOverlap), room, rule.ChunkOverlap, 0).Length;

            // Half of an equal chunk at least; and what follows must fit into the chunks that are left, and begin further on than this one.
            var least = Math.Max(
                Math.Max(start + shared + 1, start + ((even - start + 1) / 2)),
                tokens + shared - PassageChunks.CountCapacity(room, left, rule.ChunkOverlap));
            var end = FindNearest(ends, even, least, start + room) ?? even;
            ranges.Add((start, end - start));
            var begin = LowerBound(ends, end - shared);
            start = begin < ends.Length && ends[begin] <= end ? ends[begin] : end - shared;
        }

        ranges.Add((start, tokens - start));
        return ranges;
    }

    private static int? FindNearest(int[] ends, int wanted, int least, int most)
    {
        var at = LowerBound(ends, wanted);
        int? after = at < ends.Length && ends[at] <= most && ends[at] >= least ? ends[at] : null;
        int? before = at > 0 && ends[at - 1] >= least ? ends[at - 1] : null;
        return before is null || after is null ? before ?? after : wanted - before < after - wanted ? before : after;
    }

    /// <summary>Index of the first entry that is not smaller.</summary>
    private static int LowerBound(int[] sorted, int value)
    {
        var at = Array.BinarySearch(sorted, value);
        return at < 0 ? ~at : at;
    }
}
