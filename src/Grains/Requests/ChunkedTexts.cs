using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Requests;

/// <summary>The texts of a request as the pairs that they make: a text that fits is one, a longer one its chunks.</summary>
/// <param name="Pairs">All of them, those of a text one after another.</param>
/// <param name="Start">Where the pairs of each text start, and one more entry for the end of the last; null when every text is one pair.</param>
internal sealed record ChunkedTexts(TokenizedRequest Pairs, int[]? Start)
{
    /// <summary>Number of pairs that texts tokenized by a rule make.</summary>
    public static long CountPairs(TokenizedRequest texts, TruncationRule rule)
    {
        if (rule.MaxChunks == 1)
        {
            return texts.PassageIds.Length;
        }

        long count = 0;
        foreach (var ids in texts.PassageIds)
        {
            count += PassageChunks.CountChunks(ids.Length, rule.CountPassageRoom(texts.QueryIds.Length), rule.ChunkOverlap);
        }

        return count;
    }

    /// <summary>Cuts texts that were tokenized by a rule.</summary>
    public static ChunkedTexts CutIntoChunks(TokenizedRequest texts, TruncationRule rule)
    {
        var count = (int)CountPairs(texts, rule);
        if (count == texts.PassageIds.Length)
        {
            return new ChunkedTexts(texts, null);
        }

        var room = rule.CountPassageRoom(texts.QueryIds.Length);
        var pairs = new int[count][];
        var start = new int[texts.PassageIds.Length + 1];
        for (var text = 0; text < texts.PassageIds.Length; text++)
        {
            var ids = texts.PassageIds[text];
            var chunks = PassageChunks.CountChunks(ids.Length, room, rule.ChunkOverlap);
            start[text + 1] = start[text] + chunks;
            for (var i = 0; i < chunks; i++)
            {
                var (from, length) = PassageChunks.FindRange(ids.Length, chunks, room, rule.ChunkOverlap, i);
                pairs[start[text] + i] = chunks == 1 ? ids : ids.AsSpan(from, length).ToArray();
            }
        }

        return new ChunkedTexts(texts with { PassageIds = pairs, CutTokens = null }, start);
    }
}
