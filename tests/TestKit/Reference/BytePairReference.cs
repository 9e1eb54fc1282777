using System.Globalization;
using System.Text;

namespace Reranker.TestKit.Reference;

/// <summary>
/// GPT-2's and RoBERTa's tokenizer, written from its description: the pattern as a table of what may follow what, and merges applied
/// over the whole word, one rank after another.
/// </summary>
public sealed class BytePairReference(IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<(string Left, string Right)> merges)
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private readonly Dictionary<(string, string), int> _ranks = merges.Select((m, i) => (m, i)).ToDictionary(p => p.m, p => p.i);

    /// <summary>The ids of a text.</summary>
    public int[] Encode(string text) => [.. SplitWords([.. text.EnumerateRunes()]).SelectMany(EncodeWord)];

    /// <summary>Bytes as the letters of the vocabulary.</summary>
    public static string ToLetters(IEnumerable<byte> bytes) => string.Concat(bytes.Select(b => (char)(Prints(b) ? b : 256 + Enumerable.Range(0, b).Count(o => !Prints(o)))));

    /// <summary>Makes one of every two neighbours that are such a pair, from left to right.</summary>
    public static void Merge(List<string> word, string left, string right)
    {
        for (var i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] == left && word[i + 1] == right)
            {
                word[i] = left + right;
                word.RemoveAt(i + 1);
            }
        }
    }

    private static bool Prints(int b) => b is >= 33 and <= 126 or >= 161 and <= 172 or >= 174;

    private IEnumerable<int> EncodeWord(string word)
    {
        var parts = ToLetters(Encoding.UTF8.GetBytes(word)).Select(c => c.ToString()).ToList();
        while (parts.Zip(parts.Skip(1)).Where(p => _ranks.ContainsKey(p)).Select(p => (int?)_ranks[p]).Min() is { } rank)
        {
            Merge(parts, merges[rank].Left, merges[rank].Right);
        }

        return parts.Select(p => vocabulary[p]);
    }

    private static IEnumerable<string> SplitWords(Rune[] text)
    {
        for (var at = 0; at < text.Length;)
        {
            var rest = string.Concat(text[at..Math.Min(text.Length, at + 3)]);
            var length = Contractions.Where(c => rest.StartsWith(c, StringComparison.Ordinal)).Select(c => c.Length).FirstOrDefault();
            if (length == 0)
            {
                var first = text[at].Value == ' ' && at + 1 < text.Length ? at + 1 : at;
                var kind = FindKind(text[first]);
                var end = kind == 's' ? at : first;
                while (end < text.Length && FindKind(text[end]) == kind)
                {
                    end++;
                }

                length = kind == 's' && end < text.Length && end - at > 1 ? end - at - 1 : end - at;
            }

            yield return string.Concat(text[at..(at + length)]);
            at += length;
        }
    }

    private static char FindKind(Rune r) => Rune.IsWhiteSpace(r) ? 's' : Rune.GetUnicodeCategory(r) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter => 'L',
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => 'N',
        _ => 'o',
    };
}
