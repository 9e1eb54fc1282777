namespace Reranker.Inference.Tokenization.Sentences;

/// <summary>
/// Where sentences begin in a text of any script, by a few rules on its characters: a mark that ends sentences, what closes behind it, and
/// white space or, behind marks that nothing else uses, none. Wrong guesses cost little: a chunk ends at an abbreviation.
/// </summary>
internal static class SentenceBreaks
{
    private const int LongestAbbreviation = 12;
    private const int LongestSpace = 64;
    private const int LongestTail = 8;

    /// <summary>True where a sentence or a paragraph ends before a place, and another begins there or behind the white space there.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">Not its start.</param>
    public static bool IsBreak(ReadOnlySpan<char> text, int place)
    {
        if (place <= 0 || place >= text.Length || char.IsWhiteSpace(text[place - 1]))
        {
            return false;
        }

        var next = SkipSpace(text, place, out var isParagraph);
        if (next == text.Length || isParagraph)
        {
            return isParagraph && next < text.Length;
        }

        var mark = SkipClosers(text, place - 1);
        if (mark < 0 || !IsMark(text[mark]) || IsMark(text[next]) || (next == place && IsCloser(text[next])))
        {
            return false;
        }

        return SentenceMarks.IsCertain(text[mark])
            || (next == place ? text[mark] != '.' && SentenceMarks.IsWithoutSpaces(text[next]) : !ContinuesBehind(text, mark, next));
    }

    /// <summary>The next place behind <paramref name="start"/> where white space parts two sentences; the text's end without one.</summary>
    public static int FindSpacedEnd(ReadOnlySpan<char> text, int start)
    {
        var end = start + 1;
        while (end < text.Length && !(PartsWords(text[end]) && IsBreak(text, end)))
        {
            end++;
        }

        return Math.Min(end, text.Length);
    }

    /// <summary>The last place before <paramref name="end"/> where white space parts two sentences; 0 without one.</summary>
    public static int FindSpacedStart(ReadOnlySpan<char> text, int end)
    {
        var start = end - 1;
        while (start > 0 && !(PartsWords(text[start]) && IsBreak(text, start)))
        {
            start--;
        }

        return Math.Max(start, 0);
    }

    // White space that normalizers make a space of. U+000B is dropped by some, U+0085 stays a letter, and then one word goes on behind them.
    private static bool PartsWords(char c) => char.IsWhiteSpace(c) && c is not ('\u000B' or '\u0085');

    private static bool IsMark(char c) => c is '.' or '!' or '?' or '\u2026' || SentenceMarks.IsCertain(c);

    private static bool IsCloser(char c) => SentenceMarks.IsCloser(c);

    private static int SkipSpace(ReadOnlySpan<char> text, int place, out bool isParagraph)
    {
        var (next, lines, most) = (place, 0, (int)Math.Min(text.Length, place + (long)LongestSpace));
        while (next < most && char.IsWhiteSpace(text[next]))
        {
            lines += text[next] switch { '\n' => 1, '\u2029' => 2, _ => 0 };
            next++;
        }

        isParagraph = lines >= 2;
        return next;
    }

    private static int SkipClosers(ReadOnlySpan<char> text, int last)
    {
        var least = Math.Max(0, last - LongestTail);
        while (last >= least && IsCloser(text[last]))
        {
            last--;
        }

        return last >= least ? last : -1;
    }

    // Behind a full stop a small letter goes on, and so does anything behind an abbreviation, an initial or the number of a list.
    private static bool ContinuesBehind(ReadOnlySpan<char> text, int mark, int next)
    {
        if (char.IsLower(text[next]))
        {
            return true;
        }

        if (text[mark] != '.')
        {
            return false;
        }

        var start = mark;
        while (start > 0 && mark - start < LongestAbbreviation && !char.IsWhiteSpace(text[start - 1]) && text[start - 1] is not ('(' or '[' or '"' or '\u201C'))
        {
            start--;
        }

        var word = text[start..mark];
        return word.Length switch
        {
            0 => false,
            1 => char.IsLetter(word[0]) || IsListNumber(text, start, word),
            _ => IsDottedAbbreviation(word) || SentenceMarks.IsAbbreviation(word) || IsListNumber(text, start, word),
        };
    }

    // As "e.g" and "Ph.D" are, and "3.14" and "example.org" are not.
    private static bool IsDottedAbbreviation(ReadOnlySpan<char> word)
    {
        if (!word.Contains('.'))
        {
            return false;
        }

        foreach (var part in word.Split('.'))
        {
            if (word[part] is not { Length: 1 or 2 } letters || !char.IsLetter(letters[0]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsListNumber(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> word)
        => (start == 0 || text[start - 1] is '\n' or '\r') && word.Length <= 3 && !word.ContainsAnyExceptInRange('0', '9');
}
