namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Changes the code points of a part of a text that white space begins, before it is split into words.</summary>
internal delegate void TextNormalizer(List<int> text);

/// <summary>The normalizers of Hugging Face's tokenizers that this program has.</summary>
internal static class TextNormalizers
{
    private const int ReplacementCharacter = 0xFFFD;
    private const int CapitalIWithDot = 0x130;
    private const int DotAbove = 0x307;

    private static readonly UnicodeTable Table = UnicodeTable.Instance;

    /// <summary><c>BertNormalizer</c>, whose four steps may each be there or not.</summary>
    public static TextNormalizer CreateBert(bool cleansText, bool separatesChinese, bool stripsAccents, bool lowers)
    {
        TextNormalizer steps = _ => { };
        steps += cleansText ? CleanText : null;
        steps += separatesChinese ? SeparateChinese : null;
        steps += stripsAccents ? StripAccents : null;
        steps += lowers ? Lower : null;
        return steps;
    }

    /// <summary>Form NFD without nonspacing marks.</summary>
    public static void StripAccents(List<int> text)
    {
        CanonicalForms.Decompose(text);
        text.RemoveAll(Table.IsNonspacingMark);
    }

    /// <summary>Small letters, each by itself: a final sigma is like any other.</summary>
    public static void Lower(List<int> text)
    {
        for (var i = 0; i < text.Count; i++)
        {
            if (text[i] == CapitalIWithDot)
            {
                text[i] = 'i';
                text.Insert(++i, DotAbove);
            }
            else
            {
                text[i] = Table.FindLower(text[i]);
            }
        }
    }

    private static void CleanText(List<int> text)
    {
        text.RemoveAll(static c => c is 0 or ReplacementCharacter || (c is not ('\t' or '\n' or '\r') && Table.IsOther(c)));
        for (var i = 0; i < text.Count; i++)
        {
            text[i] = UnicodeTable.IsWhiteSpace(text[i]) ? ' ' : text[i];
        }
    }

    private static void SeparateChinese(List<int> text)
    {
        if (!text.Exists(IsChinese))
        {
            return;
        }

        var spaced = new List<int>(text.Count * 3);
        foreach (var c in text)
        {
            if (IsChinese(c))
            {
                spaced.AddRange([' ', c, ' ']);
            }
            else
            {
                spaced.Add(c);
            }
        }

        text.Clear();
        text.AddRange(spaced);
    }

    // The ranges as the tokenizers have them: extension E begins 0x100 late there, and models were trained so.
    private static bool IsChinese(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);
}
