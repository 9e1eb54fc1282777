using System.Globalization;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// Parts of a text that are tokenized apart without anything changing: each begins with the white space behind a word. Words never
/// reach across it, nor do normalizations, so a long text is read only as far as tokens are kept, from either end.
/// </summary>
internal static class TextSegments
{
    private const char Metaspace = '\u2581';

    // Letters by their category, and written onto the one before all the same.
    private const char ThaiAm = '\u0E33';
    private const char LaoAm = '\u0EB3';
    private const char HalfVoiced = '\uFF9E';
    private const char HalfSemivoiced = '\uFF9F';

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

    /// <summary>True for white space that may begin a part: what some normalizer takes for a control character, and drops, does not.</summary>
    public static bool IsBreak(char c) => c is ' ' or '\t' or '\n' or '\r' || (c > '\u0085' && char.IsWhiteSpace(c));

    /// <summary>
    /// True for a character that may end a part. A normalizer could make white space of others, which would then belong to the white
    /// space that follows, or drop them together with what they are written onto.
    /// </summary>
    public static bool IsWordEnd(char c) => char.IsAsciiLetterOrDigit(c)
        || (char.GetUnicodeCategory(c) is not (UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark)
            && c is not (Metaspace or '\uFFFD' or ThaiAm or LaoAm or HalfVoiced or HalfSemivoiced));

    private static bool IsStart(ReadOnlySpan<char> text, int index) => IsBreak(text[index]) && IsWordEnd(text[index - 1]);
}
