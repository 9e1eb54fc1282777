using System.Text;
using CsCheck;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Tokenization;

/// <summary>Texts for properties: what users send, and what nobody should.</summary>
internal static class TextGen
{
    private static readonly Gen<string> AnyUnit = Gen.Char['\0', '\uffff'].Select(static c => c.ToString());

    private static readonly Gen<string> Scripts = Gen.OneOf(
        Gen.Char['a', 'z'], Gen.Char['0', '9'], Gen.Char['а', 'я'], Gen.Char['一', '俿'], Gen.Char['가', '깿'],
        Gen.Char['ぁ', 'ゖ'], Gen.Char['ก', '๛'], Gen.Char['ء', 'ي'], Gen.Char['अ', 'ह'], Gen.Char['！', '～'])
        .Array[1, 12].Select(static letters => new string(letters));

    private static readonly Gen<string> Oddities = Choice(
        " ", "  ", "\t", "\r\n", "\0", "\u0001", "\u001f", "\u007f", "\u0085", "\u009f", "\u00a0", "\u00ad", "\u200b", "\u200d", "\ufeff",
        "\ufffd", "\u2581", "\ud83d", "\ude00", "😀", "👩‍👩‍👧", "🇩🇪", "👍🏽", "e\u0301", "e\u0001\u0301", "\u0301", "ﷺ", "ﬃ", "가",
        "<s>", "</s>", "<unk>", "<mask>", "𝔘", "☃", "½", "...", "======", "http://a.b/c?d=e", "İ", "\u0f77");

    private static readonly Gen<string> Runs = Gen.Select(Choice("a", " ", "=", "☃", "\0", "字", "\ud800", "😀"), Gen.Int[2, 300])
        .Select(static (unit, count) => new StringBuilder().Insert(0, unit, count).ToString());

    /// <summary>Any UTF-16 text, valid or not.</summary>
    public static Gen<string> Any { get; } = Gen.Frequency((3, AnyUnit), (5, Scripts), (5, Oddities), (1, Runs), (3, Gen.Const(" ")))
        .Array[0, 60].Select(string.Concat);

    /// <summary>Text as it is searched: words of the reference texts in many languages and scripts, some without white space.</summary>
    public static Gen<string> Natural(int fromWords, int toWords)
    {
        var words = Goldens.Texts("mini").Where(static text => text.Text.Length < 250)
            .SelectMany(static text => text.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct().ToArray();
        return Gen.Select(Choice(words), Gen.Frequency((8, Gen.Const(" ")), (1, Gen.Const("")), (1, Gen.Const("\n"))))
            .Select(static (word, separator) => word + separator)
            .Array[fromWords, toWords].Select(string.Concat);
    }

    private static Gen<string> Choice(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
