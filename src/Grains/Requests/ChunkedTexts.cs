using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Requests;

/// <summary>The texts of a request as the pairs that they make: a text that fits is one, a longer one its chunks.</summary>
/// <param name="Pairs">All of them, those of a text one after another.</param>
/// <param name="Start">Where the pairs of each text start, and one more entry for the end of the last; null when every text is one pair.</param>
internal sealed record ChunkedTexts(TokenizedRequest Pairs, int[]? Start)
{
    /// <summary>Number of pairs that texts tokenized by a rule make.</summary>
    public static long CountPairs(TokenizedRequest texts, TruncationRule rule)
        => rule.MaxChunks == 1 ? texts.PassageIds.Length : Enumerable.Range(0, texts.PassageIds.Length).Sum(text => (long)FindRanges(texts, rule, text).Count);

    /// <summary>Cuts texts that were tokenized by a rule.</summary>
    public static ChunkedTexts CutIntoChunks(TokenizedRequest texts, TruncationRule rule)
    {
        var count = (int)CountPairs(texts, rule);
        if (count == texts.PassageIds.Length)
        {
            return new ChunkedTexts(texts, null);
        }

        var pairs = new int[count][];
        var start = new int[texts.PassageIds.Length + 1];
        for (var text = 0; text < texts.PassageIds.Length; text++)
        {
            var ids = texts.PassageIds[text];
            var chunks = FindRanges(texts, rule, text);
            start[text + 1] = start[text] + chunks.Count;
            for (var i = 0; i < chunks.Count; i++)
            {
                pairs[start[text] + i] = chunks.Count == 1 ? ids : ids.AsSpan(chunks[i].Start, chunks[i].Length).ToArray();
            }
        }

        return new ChunkedTexts(texts with { PassageIds = pairs, CutTokens = null, SentenceEnds = null }, start);
    }

    private static IReadOnlyList<(int Start, int Length)> FindRanges(TokenizedRequest texts, TruncationRule rule, int text)
        => SentenceChunks.FindRanges(texts.PassageIds[text].Length, texts.QueryIds.Length, rule, texts.SentenceEnds?[text]);
}
