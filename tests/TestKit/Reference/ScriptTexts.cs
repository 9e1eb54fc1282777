using System.Text;

namespace Reranker.TestKit.Reference;

/// <summary>Texts of many scripts by a seed: runs of letters, marks, digits, punctuation, white space, and characters that are none of these.</summary>
public static class ScriptTexts
{
    private static readonly (int First, int Last)[] Scripts =
    [
        ('a', 'z'), ('A', 'Z'), (0xC0, 0x17F), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x587), (0x5D0, 0x5EA), (0x620, 0x66F), (0x904, 0x963), (0x985, 0x9E3),
        (0xB85, 0xBD7), (0xE01, 0xE4E), (0x10D0, 0x10FF), (0x1200, 0x135A), (0x1780, 0x17B3), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x3041, 0x30FF), (0x4E00, 0x9FFF),
        (0xAC00, 0xD7A3), (0x20000, 0x20100), (0x10400, 0x1044F),
    ];

    private static readonly string[] Between =
    [
        " ", " ", " ", " ", "  ", "\n", "\t", " \r\n ", "\u00A0", "\u3000", "\u2028", "\u200B", "\u000B", "\u0085", ", ", ". ", "!?", "'s ", "'ll ", " '", "-", "\u2014", "...",
        "\u0301", "\u0327\u0301", "\u0000", "\uFFFD", "\uD800", " 42 ", "3,14", "\u0663", "\u00BD", "\uD83D\uDE00", "[SEP]", "<s>", "[CLS] ", "\u00AD", "\uFEFF", "\u0130", "\u00DF", "\u1E9E",
    ];

    /// <summary>Texts.</summary>
    public static IEnumerable<string> List(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (var words = random.Next(12); words >= 0; words--)
            {
                var (first, last) = Scripts[random.Next(Scripts.Length)];
                for (var letters = random.Next(i % 50 == 0 ? 130 : 8); letters >= 0; letters--)
                {
                    var c = random.Next(first, last + 1);
                    text.Append(char.ConvertFromUtf32(c));
                }

                text.Append(Between[random.Next(Between.Length)]);
            }

            yield return text.ToString();
        }
    }
}
