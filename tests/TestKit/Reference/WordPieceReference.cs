using System.Text;
using Reranker.Inference.Tokenization.HuggingFace;

namespace Reranker.TestKit.Reference;

/// <summary>
/// BERT's tokenizer, written from its description with strings and sets, character by character, and with nothing of the product's but
/// the table of characters.
/// </summary>
public sealed class WordPieceReference(IReadOnlyList<string> pieces, bool lowers = true)
{
    private const int MaxCharacters = 100;

    private readonly Dictionary<string, int> _ids = pieces.Select((p, i) => (p, i)).ToDictionary(p => p.p, p => p.i);

    /// <summary>The ids of a text.</summary>
    public int[] Encode(string text)
    {
        var clean = string.Concat(text.EnumerateRunes().Where(r => !IsDropped(r)).SelectMany(r => Rune.IsWhiteSpace(r) ? " " : IsChinese(r.Value) ? $" {r} " : r.ToString()));
        if (lowers)
        {
            clean = string.Concat(clean.EnumerateRunes().SelectMany(r => Decompose(r.Value)).Where(c => !UnicodeTable.Instance.IsNonspacingMark(c))
                .Select(c => char.ConvertFromUtf32(UnicodeTable.Instance.FindLower(c))));
        }

        return [.. clean.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(SplitPunctuation).SelectMany(EncodeWord)];
    }

    private static bool IsDropped(Rune r) => r.Value is 0 or 0xFFFD || (r.Value is not ('\t' or '\n' or '\r') && UnicodeTable.Instance.IsOther(r.Value));

    private static bool IsChinese(int c) => new (int First, int Last)[]
    {
        (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
    }.Any(r => c >= r.First && c <= r.Last);

    private static IEnumerable<int> Decompose(int c)
    {
        if (c is >= 0xAC00 and <= 0xD7A3)
        {
            var (lead, vowel, tail) = ((c - 0xAC00) / 588, (c - 0xAC00) % 588 / 28, (c - 0xAC00) % 28);
            return tail == 0 ? [0x1100 + lead, 0x1161 + vowel] : [0x1100 + lead, 0x1161 + vowel, 0x11A7 + tail];
        }

        return UnicodeTable.Instance.TryDecompose(c, out var parts)
            ? Decompose(parts.First).Concat(parts.Second == 0 ? [] : Decompose(parts.Second))
            : [c];
    }

    private static IEnumerable<string> SplitPunctuation(string word)
    {
        var part = new StringBuilder();
        foreach (var rune in word.EnumerateRunes())
        {
            if (UnicodeTable.Instance.IsPunctuation(rune.Value))
            {
                if (part.Length > 0)
                {
                    yield return part.ToString();
                }

                part.Clear();
                yield return rune.ToString();
            }
            else
            {
                part.Append(rune.ToString());
            }
        }

        if (part.Length > 0)
        {
            yield return part.ToString();
        }
    }

    private int[] EncodeWord(string word)
    {
        var letters = word.EnumerateRunes().Select(r => r.ToString()).ToArray();
        var found = new List<int>();
        var start = 0;
        while (start < letters.Length && letters.Length <= MaxCharacters)
        {
            var end = letters.Length;
            while (end > start && !_ids.ContainsKey(Name(start, end)))
            {
                end--;
            }

            if (end == start)
            {
                return [_ids["[UNK]"]];
            }

            found.Add(_ids[Name(start, end)]);
            start = end;
        }

        return letters.Length > MaxCharacters ? [_ids["[UNK]"]] : [.. found];

        string Name(int from, int to) => (from == 0 ? "" : "##") + string.Concat(letters[from..to]);
    }
}
