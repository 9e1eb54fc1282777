using System.Globalization;
using System.Text;

namespace Reranker.Fuzz.Generation;

/// <summary>Strings of JSON in all the spellings that the grammar allows.</summary>
internal static class JsonStrings
{
    private const string Short = "\"\\/\b\f\n\r\t";
    private const string Letters = "\"\\/bfnrt";

    /// <summary>Quotes a text. Lone surrogates can only be escaped; other characters are now and then.</summary>
    public static string Quote(string text, Random random)
    {
        var json = new StringBuilder(text.Length + 2).Append('"');
        var escapesMore = random.Next(8) == 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) && !escapesMore)
            {
                json.Append(c).Append(text[++i]);
            }
            else if (c is '"' or '\\' or < ' ')
            {
                var letter = Short.IndexOf(c);
                json.Append(letter >= 0 && random.Next(2) == 0 ? $"\\{Letters[letter]}" : Unit(c, random));
            }
            else
            {
                json.Append(char.IsSurrogate(c) || (escapesMore && random.Next(3) == 0) ? Unit(c, random) : c.ToString());
            }
        }

        return json.Append('"').ToString();
    }

    private static string Unit(char c, Random random) =>
        "\\u" + ((int)c).ToString(random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture);
}
