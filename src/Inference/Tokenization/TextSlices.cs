namespace Reranker.Inference.Tokenization;

/// <summary>Cuts a long text to the part that can matter for a token limit, in slices that double.</summary>
internal ref struct TextSlices
{
    // What follows a cut can move the segmentation of a few pieces before it. Pieces have 16 characters at most and paths
    // join within some of them.
    private const int MarginTokens = 32;

    // Natural text has one and a half (Chinese) to five (English) characters a token.
    private const int CharactersPerToken = 6;

    // How far white space is looked for: pieces never reach across it, so a cut there moves nothing.
    private const int LookAround = 64;

    private long _length;

    public TextSlices(int textLength, int maxTokens)
    {
        TokensNeeded = (int)Math.Min(int.MaxValue, (long)maxTokens + MarginTokens);
        _length = Math.Min(textLength, (long)TokensNeeded * CharactersPerToken);
    }

    /// <summary>Tokens that a slice must have for its kept part to be certain.</summary>
    public int TokensNeeded { get; }

    /// <summary>Characters of the next slice.</summary>
    public readonly int Length => (int)Math.Min(int.MaxValue, _length);

    public void DoubleLength() => _length *= 2;

    public readonly ReadOnlySpan<char> TakeSlice(ReadOnlySpan<char> text, bool fromEnd)
    {
        if (_length >= text.Length)
        {
            return text;
        }

        return fromEnd ? text[FindStart(text, text.Length - Length)..] : text[..FindEnd(text, Length)];
    }

    private static int FindEnd(ReadOnlySpan<char> text, int end)
    {
        for (var i = end; i > Math.Max(1, end - LookAround); i--)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                return i;
            }
        }

        return end > 1 && IsInsidePair(text, end) ? end - 1 : end;
    }

    private static int FindStart(ReadOnlySpan<char> text, int start)
    {
        for (var i = start; i < Math.Min(text.Length - 1, start + LookAround); i++)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                return i;
            }
        }

        return IsInsidePair(text, start) ? start - 1 : start;
    }

    private static bool IsInsidePair(ReadOnlySpan<char> text, int cut)
        => cut > 0 && char.IsLowSurrogate(text[cut]) && char.IsHighSurrogate(text[cut - 1]);
}
