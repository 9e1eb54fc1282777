using System.Text;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.Sentences;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// A tokenizer as a <c>tokenizer.json</c> describes it, with the ids that Hugging Face's fast tokenizers give: normalizer, words,
/// and WordPiece, byte-level BPE or Unigram. Special tokens alone differ: they are never read from a text, so that no passage can write
/// the end of itself.
/// </summary>
/// <remarks>Thread-safe: nothing changes after loading.</remarks>
public sealed class FastTokenizer : ITextTokenizer
{
    private readonly TokenizerParts _parts;

    internal FastTokenizer(TokenizerParts parts) => _parts = parts;

    /// <inheritdoc/>
    public int VocabularySize => _parts.VocabularySize;

    /// <inheritdoc/>
    public PairTemplate Template => _parts.Template;

    /// <inheritdoc/>
    public int? UnknownId => _parts.Model.UnknownId;

    /// <summary>The ids of all tokens by their text.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary => _parts.Vocabulary;

    /// <summary>True where the pair's second text, and what stands behind it, is of another segment than the first.</summary>
    public bool HasTwoSegments => _parts.HasTwoSegments;

    /// <inheritdoc/>
    public TokenizedText Encode(ReadOnlySpan<char> text, int maxTokens = int.MaxValue, bool keepEnd = false)
        => Encode(text, maxTokens, keepEnd, marksSentences: false);

    /// <inheritdoc/>
    public TokenizedText EncodeSentences(ReadOnlySpan<char> text, int maxTokens = int.MaxValue, bool keepEnd = false)
        => Encode(text, maxTokens, keepEnd, marksSentences: true);

    private TokenizedText Encode(ReadOnlySpan<char> text, int maxTokens, bool keepEnd, bool marksSentences)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        return keepEnd ? EncodeFromEnd(text, maxTokens, marksSentences) : EncodeFromStart(text, maxTokens, marksSentences);
    }

    // One more than are kept: then it is certain that something was cut.
    private TokenizedText EncodeFromStart(ReadOnlySpan<char> text, int maxTokens, bool marksSentences)
    {
        var (ids, ends, read, scratch) = (new List<int>(), new List<int>(), 0, new Scratch());
        while (read < text.Length && ids.Count <= maxTokens)
        {
            var end = TextSegments.FindEnd(text, read);
            if (marksSentences)
            {
                end = _parts.Ends is null ? SentenceSegments.FindEnd(text, read, end) : end;
                if (SentenceBreaks.IsBreak(text, read))
                {
                    ends.Add(ids.Count);
                }
            }

            AddSegment(text[read..end], isFirst: read == 0, ids, scratch);
            read = end;
        }

        var kept = Math.Min(ids.Count, maxTokens);
        return AddEnds(Describe([.. ids[..kept]], ids.Count - kept, read, text.Length), marksSentences ? ends : null);
    }

    private TokenizedText EncodeFromEnd(ReadOnlySpan<char> text, int maxTokens, bool marksSentences)
    {
        var (parts, count, unread, scratch) = (new List<List<int>>(), 0L, text.Length, new Scratch());
        var behind = new List<long>();
        while (unread > 0 && count <= maxTokens)
        {
            var start = TextSegments.FindStart(text, unread);
            start = marksSentences && _parts.Ends is null ? SentenceSegments.FindStart(text, start, unread) : start;
            var ids = new List<int>();
            AddSegment(text[start..unread], isFirst: start == 0, ids, scratch);
            parts.Add(ids);
            (count, unread) = (count + ids.Count, start);
            if (marksSentences && SentenceBreaks.IsBreak(text, start))
            {
                behind.Add(count);
            }
        }

        parts.Reverse();
        behind.Reverse();
        var cut = (int)Math.Max(0, count - maxTokens);
        var kept = (int)(count - cut);
        return AddEnds(
            Describe([.. parts.SelectMany(p => p).Skip(cut)], cut, text.Length - unread, text.Length),
            marksSentences ? [.. behind.Select(after => (int)(kept - after))] : null);
    }

    // Null without them.
    private TokenizedText AddEnds(TokenizedText text, List<int>? ends)
    {
        if (ends is null)
        {
            return text;
        }

        _parts.Ends?.Value.AddEnds(text.Ids, ends);
        return text with { SentenceEnds = [.. ends.Where(end => end > 0 && end < text.Ids.Length).Distinct().Order()] };
    }

    // What was not read has as many tokens a character as what was.
    private static TokenizedText Describe(int[] ids, int cut, int read, int length)
    {
        var unread = Math.Ceiling((ids.Length + (double)cut) * (length - read) / Math.Max(read, 1));
        return new TokenizedText(ids, cut + (int)Math.Min(int.MaxValue / 2, unread), read == length, read);
    }

    private void AddSegment(ReadOnlySpan<char> segment, bool isFirst, List<int> ids, Scratch scratch)
    {
        while (_parts.RawTokens.TryFindFirst(segment, out var start, out var length, out var id))
        {
            AddNormalized(segment[..start], isFirst, ids, scratch);
            ids.Add(id);
            segment = segment[(start + length)..];
            isFirst = false;
        }

        AddNormalized(segment, isFirst, ids, scratch);
    }

    private void AddNormalized(ReadOnlySpan<char> text, bool isFirst, List<int> ids, Scratch scratch)
    {
        if (text.IsEmpty)
        {
            return;
        }

        scratch.Text.Clear();
        foreach (var rune in text.EnumerateRunes())
        {
            scratch.Text.Add(rune.Value);
        }

        _parts.Normalize?.Invoke(scratch.Text);
        if (_parts.NormalizedTokens.IsEmpty)
        {
            AddWords(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(scratch.Text), isFirst, ids, scratch);
            return;
        }

        var normalized = new StringBuilder();
        scratch.Text.ForEach(c => normalized.Append(new Rune(c).ToString()));
        var rest = normalized.ToString().AsSpan();
        while (_parts.NormalizedTokens.TryFindFirst(rest, out var start, out var length, out var id))
        {
            AddWords(ToCodePoints(rest[..start]), isFirst, ids, scratch);
            ids.Add(id);
            rest = rest[(start + length)..];
            isFirst = false;
        }

        AddWords(ToCodePoints(rest), isFirst, ids, scratch);
    }

    private void AddWords(ReadOnlySpan<int> text, bool isFirst, List<int> ids, Scratch scratch)
    {
        if (_parts.Prefix is { } prefix && (isFirst || prefix.Always) && !text.IsEmpty && text[0] != prefix.Character)
        {
            text = (int[])[prefix.Character, .. text];
        }

        scratch.Words.Clear();
        _parts.Split(text, scratch.Words);
        foreach (var word in scratch.Words)
        {
            _parts.Model.AddTokens(text[word], ids);
        }
    }

    private static int[] ToCodePoints(ReadOnlySpan<char> text)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            points.Add(rune.Value);
        }

        return [.. points];
    }

    private sealed class Scratch
    {
        public List<int> Text { get; } = [];

        public List<Range> Words { get; } = [];
    }
}
