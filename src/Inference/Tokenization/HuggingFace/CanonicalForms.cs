namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Canonical decomposition and composition of code points (Unicode Standard Annex 15).</summary>
internal static class CanonicalForms
{
    private const int HangulFirst = 0xAC00;
    private const int HangulLast = 0xD7A3;
    private const int LeadFirst = 0x1100;
    private const int VowelFirst = 0x1161;
    private const int TailFirst = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    // Everything below is composed already, decomposes to nothing and combines with nothing before it.
    private const int FirstThatDecomposes = 0xC0;
    private const int FirstThatCombines = 0x300;

    private static readonly UnicodeTable Table = UnicodeTable.Instance;

    /// <summary>Form NFD.</summary>
    public static void Decompose(List<int> text)
    {
        if (!text.Exists(static c => c >= FirstThatDecomposes))
        {
            return;
        }

        var result = new List<int>(text.Count + 8);
        foreach (var c in text)
        {
            AppendDecomposed(c, result);
        }

        SortMarks(result);
        text.Clear();
        text.AddRange(result);
    }

    /// <summary>Form NFC.</summary>
    public static void Compose(List<int> text)
    {
        if (!text.Exists(static c => c >= FirstThatCombines))
        {
            return;
        }

        Decompose(text);
        var (starter, written, lastClass) = (-1, 0, 0);
        for (var i = 0; i < text.Count; i++)
        {
            var c = text[i];
            var combining = Table.FindCombiningClass(c);
            var isBlocked = written - starter > 1 && (lastClass == 0 || lastClass >= combining);
            if (starter >= 0 && !isBlocked && TryComposePair(text[starter], c, out var composed))
            {
                text[starter] = composed;
                continue;
            }

            (starter, lastClass) = (combining == 0 ? written : starter, combining);
            text[written++] = c;
        }

        text.RemoveRange(written, text.Count - written);
    }

    private static void AppendDecomposed(int c, List<int> result)
    {
        if (c is >= HangulFirst and <= HangulLast)
        {
            var index = c - HangulFirst;
            result.Add(LeadFirst + (index / (Vowels * Tails)));
            result.Add(VowelFirst + (index % (Vowels * Tails) / Tails));
            if (index % Tails is var tail and not 0)
            {
                result.Add(TailFirst + tail);
            }

            return;
        }

        if (!Table.TryDecompose(c, out var parts))
        {
            result.Add(c);
            return;
        }

        AppendDecomposed(parts.First, result);
        if (parts.Second != 0)
        {
            AppendDecomposed(parts.Second, result);
        }
    }

    // Marks behind one character by their class, those of one class as they stand.
    private static void SortMarks(List<int> text)
    {
        for (var i = 1; i < text.Count; i++)
        {
            var (c, combining) = (text[i], Table.FindCombiningClass(text[i]));
            var place = i;
            while (combining != 0 && place > 0 && Table.FindCombiningClass(text[place - 1]) > combining)
            {
                text[place] = text[place - 1];
                place--;
            }

            text[place] = c;
        }
    }

    private static bool TryComposePair(int first, int second, out int composed)
    {
        if (first is >= LeadFirst and < LeadFirst + Leads && second is >= VowelFirst and < VowelFirst + Vowels)
        {
            composed = HangulFirst + ((((first - LeadFirst) * Vowels) + second - VowelFirst) * Tails);
            return true;
        }

        if (first is >= HangulFirst and <= HangulLast && (first - HangulFirst) % Tails == 0 && second is > TailFirst and < TailFirst + Tails)
        {
            composed = first + second - TailFirst;
            return true;
        }

        return Table.TryCompose(first, second, out composed);
    }
}
