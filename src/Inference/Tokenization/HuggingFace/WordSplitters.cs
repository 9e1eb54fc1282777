namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Splits a normalized part of a text into words.</summary>
/// <param name="text">Its code points.</param>
/// <param name="words">Takes the words.</param>
internal delegate void WordSplitter(ReadOnlySpan<int> text, List<Range> words);

/// <summary>The pre-tokenizers of Hugging Face's tokenizers that this program has.</summary>
internal static class WordSplitters
{
    private static readonly UnicodeTable Table = UnicodeTable.Instance;

    /// <summary><c>BertPreTokenizer</c>: white space goes, punctuation stands alone.</summary>
    public static void SplitBert(ReadOnlySpan<int> text, List<Range> words)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var isEnd = i == text.Length || UnicodeTable.IsWhiteSpace(text[i]);
            var isPunctuation = !isEnd && Table.IsPunctuation(text[i]);
            if (!isEnd && !isPunctuation)
            {
                continue;
            }

            if (i > start)
            {
                words.Add(start..i);
            }

            if (isPunctuation)
            {
                words.Add(i..(i + 1));
            }

            start = i + 1;
        }
    }

    /// <summary>
    /// <c>ByteLevel</c>'s words: contractions of English, runs of letters, of digits and of other characters, each with a space
    /// before it if there is one, and white space. It is GPT-2's pattern
    /// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, read by code points.
    /// </summary>
    public static void SplitByteLevel(ReadOnlySpan<int> text, List<Range> words)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = MeasureWord(text[start..]);
            words.Add(start..(start + length));
            start += length;
        }
    }

    private static int MeasureWord(ReadOnlySpan<int> text)
    {
        if (MeasureContraction(text) is var contraction and > 0)
        {
            return contraction;
        }

        var first = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        if (!UnicodeTable.IsWhiteSpace(text[first]))
        {
            var (kind, end) = (FindKind(text[first]), first + 1);
            while (end < text.Length && !UnicodeTable.IsWhiteSpace(text[end]) && FindKind(text[end]) == kind)
            {
                end++;
            }

            return end;
        }

        var run = 1;
        while (run < text.Length && UnicodeTable.IsWhiteSpace(text[run]))
        {
            run++;
        }

        // The last one of a run belongs to what follows; one alone that is no space is a word.
        return run == text.Length || run == 1 ? run : run - 1;
    }

    private static int MeasureContraction(ReadOnlySpan<int> text)
    {
        if (text.Length < 2 || text[0] != '\'')
        {
            return 0;
        }

        return (text[1], text.Length > 2 ? text[2] : 0) switch
        {
            ('s' or 't' or 'm' or 'd', _) => 2,
            ('r' or 'v', 'e') or ('l', 'l') => 3,
            _ => 0,
        };
    }

    private static int FindKind(int c) => Table.IsLetter(c) ? 0 : Table.IsNumber(c) ? 1 : 2;
}
