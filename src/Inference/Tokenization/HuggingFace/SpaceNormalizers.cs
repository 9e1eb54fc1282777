namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>What Hugging Face's normalizers and the pre-tokenizer of Unigram models do to white space.</summary>
internal static class SpaceNormalizers
{
    /// <summary>The letter that stands for a space in pieces, U+2581.</summary>
    public const int Metaspace = 0x2581;

    /// <summary><c>Strip</c>: white space at the ends goes.</summary>
    public static TextNormalizer CreateStrip(bool left, bool right) => text =>
    {
        if (right)
        {
            var end = text.FindLastIndex(c => !UnicodeTable.IsWhiteSpace(c)) + 1;
            text.RemoveRange(end, text.Count - end);
        }

        if (left)
        {
            var start = text.FindIndex(c => !UnicodeTable.IsWhiteSpace(c));
            text.RemoveRange(0, start < 0 ? text.Count : start);
        }
    };

    /// <summary><c>Replace</c> of two spaces or more by one character.</summary>
    public static TextNormalizer CreateJoin(int joined) => text =>
    {
        var kept = 0;
        for (var i = 0; i < text.Count;)
        {
            var run = i;
            while (run < text.Count && text[run] == ' ')
            {
                run++;
            }

            text[kept++] = run - i > 1 ? joined : text[i];
            i = Math.Max(run, i + 1);
        }

        text.RemoveRange(kept, text.Count - kept);
    };

    /// <summary>The spaces as pieces have them.</summary>
    public static void WriteMetaspaces(List<int> text)
    {
        for (var i = 0; i < text.Count; i++)
        {
            text[i] = text[i] == ' ' ? Metaspace : text[i];
        }
    }

    /// <summary>
    /// <c>WhitespaceSplit</c> before <c>Metaspace</c>: white space goes, and a word begins with one U+2581, whether it was there or not.
    /// </summary>
    public static void SplitWhiteSpace(List<int> text)
    {
        var words = new List<int>(text.Count + 1);
        for (var i = 0; i < text.Count; i++)
        {
            if (UnicodeTable.IsWhiteSpace(text[i]))
            {
                continue;
            }

            if ((i == 0 || UnicodeTable.IsWhiteSpace(text[i - 1])) && text[i] != Metaspace)
            {
                words.Add(Metaspace);
            }

            words.Add(text[i]);
        }

        text.Clear();
        text.AddRange(words);
    }

    /// <summary><c>Metaspace</c>'s words: each begins with U+2581, and of several in a row all but the last stand alone.</summary>
    public static void SplitMetaspace(ReadOnlySpan<int> text, List<Range> words)
    {
        for (var start = 0; start < text.Length;)
        {
            var next = text[(start + 1)..].IndexOf(Metaspace);
            var end = next < 0 ? text.Length : start + 1 + next;
            words.Add(start..end);
            start = end;
        }
    }
}
