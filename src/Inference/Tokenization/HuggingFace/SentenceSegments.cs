using Reranker.Inference.Tokenization.Sentences;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// Cuts a segment (<see cref="TextSegments"/>) further where a sentence ends without white space. Those of WordPiece and byte-level BPE end a word
/// between punctuation and a letter or a digit, so tokens stay what they are. Unigram's do not: there the pieces tell (<see cref="PieceEnds"/>).
/// </summary>
internal static class SentenceSegments
{
    private static readonly UnicodeTable Table = UnicodeTable.Instance;

    /// <summary>The first such place inside a segment; its end without one.</summary>
    public static int FindEnd(ReadOnlySpan<char> text, int start, int end)
    {
        for (var place = start + 1; place < end; place++)
        {
            if (CanPart(text, place))
            {
                return place;
            }
        }

        return end;
    }

    /// <summary>The last such place inside a segment; its start without one.</summary>
    public static int FindStart(ReadOnlySpan<char> text, int start, int end)
    {
        for (var place = end - 1; place > start; place--)
        {
            if (CanPart(text, place))
            {
                return place;
            }
        }

        return start;
    }

    // An apostrophe and what follows may be one word.
    private static bool CanPart(ReadOnlySpan<char> text, int place)
        => text[place - 1] != '\'' && !IsWordPart(text[place - 1]) && IsWordPart(text[place]) && SentenceBreaks.IsBreak(text, place);

    private static bool IsWordPart(char c) => Table.IsLetter(c) || Table.IsNumber(c);
}
