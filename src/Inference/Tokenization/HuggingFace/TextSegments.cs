namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// Parts of a text that are tokenized apart without anything changing: each begins with the white space behind a word. Words never
/// reach across it, nor do normalizations, so a long text is read only as far as tokens are kept, from either end.
/// </summary>
internal static class TextSegments
{
    /// <summary>Where the part ends that begins at <paramref name="start"/>.</summary>
    public static int FindEnd(ReadOnlySpan<char> text, int start)
    {
        var end = start + 1;
        while (end < text.Length && !IsStart(text, end))
        {
            end++;
        }

        return end;
    }

    /// <summary>Where the part begins that ends at <paramref name="end"/>.</summary>
    public static int FindStart(ReadOnlySpan<char> text, int end)
    {
        var start = end - 1;
        while (start > 0 && !IsStart(text, start))
        {
            start--;
        }

        return start;
    }

    /// <summary>True where a text has a boundary inside, so that it would be cut apart.</summary>
    public static bool HasBoundary(ReadOnlySpan<char> text) => !text.IsEmpty && FindEnd(text, 0) < text.Length;

    private static bool IsStart(ReadOnlySpan<char> text, int index) => IsBreak(text[index]) && !char.IsWhiteSpace(text[index - 1]);

    // White space that some normalizer takes for a control character, and drops, does not end a word.
    private static bool IsBreak(char c) => c is ' ' or '\t' or '\n' or '\r' || (c > '\u0085' && char.IsWhiteSpace(c));
}
