using System.Text;

namespace Reranker.Fuzz.Generation;

/// <summary>Texts as users send them, and as nobody should.</summary>
internal static class FuzzTexts
{
    private static readonly string[] Words =
    [
        "battery", "charge", "the", "of", "network", "bridge", "bread", "oven", "capital", "France", "a", "is", "long", "Wörter", "größte",
        "배터리", "충전하세요", "電池", "を", "長持ち", "столица", "Франции", "مدينة", "😀", "👩‍👩‍👧", "e\u0301", "1234", "3.14", "C#", "<b>", "&amp;", "—",
    ];

    private static readonly string[] Odd =
    [
        "", " ", "\0", "a\0b", "\uD800", "\uDFFF\uD800", "x\uDBFFy", "\u200B", "\uFEFF", "\u2028\u2029", "\u202Eabc", "\x7f", "\b\f\n\r\t", "</s>",
        "<s> </s></s>", "<pad><unk><mask>", "null", "\"", "\\", "\\u0041", "{\"text\":\"a\"}", "%s%n%x", "../../etc/passwd", "' OR 1=1 --", "\uFFFF",
        "\u0301\u0301\u0301", "\U0010FFFF", "ﬁ", "İ", "ß", "\u3000", "\u00A0",
    ];

    /// <summary>A passage: mostly a sentence, now and then odd, seldom longer than the model reads.</summary>
    public static string Passage(Random random) => random.Next(400) switch
    {
        0 => Sentence(random, 520, 1500),
        < 30 => Odd[random.Next(Odd.Length)],
        < 40 => Sentence(random, 20, 80),
        _ => Sentence(random, 1, 7),
    };

    /// <summary>A query: not empty, mostly short.</summary>
    public static string Query(Random random) => random.Next(300) switch
    {
        0 => Sentence(random, 500, 900),
        < 15 => "q" + Odd[random.Next(Odd.Length)],
        _ => Sentence(random, 1, 9),
    };

    /// <summary>Any text that is not a sentence.</summary>
    public static string Strange(Random random) => Odd[random.Next(Odd.Length)];

    /// <summary>A name: odd characters, or very long.</summary>
    public static string Name(Random random) => random.Next(8) switch
    {
        0 => new string('n', random.Next(1, 20_000)),
        1 => "BAAI/bge-reranker-v2-m3",
        2 => "default/not-specified",
        3 => " ",
        _ => Odd[random.Next(Odd.Length)] + Words[random.Next(Words.Length)],
    };

    private static string Sentence(Random random, int least, int most)
    {
        var text = new StringBuilder();
        for (var left = random.Next(least, most + 1); left > 0; left--)
        {
            text.Append(Words[random.Next(Words.Length)]).Append(left > 1 ? " " : "");
        }

        return text.ToString();
    }
}
