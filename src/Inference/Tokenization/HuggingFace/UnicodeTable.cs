using System.Collections.Frozen;
using System.Globalization;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// Characters as Hugging Face's tokenizers know them, whatever the runtime's version is: what BERT's steps ask (punctuation, nonspacing
/// marks, control characters) is Unicode 8, and all else Unicode 14. A character that was added later is no punctuation to a model that
/// was trained before. The runtime's own normalization does nothing without ICU.
/// </summary>
internal sealed class UnicodeTable
{
    private const int CodePoints = 0x110000;
    private const byte Punctuation = 1;
    private const byte Nonspacing = 2;
    private const byte Other = 4;
    private const byte Letter = 8;
    private const byte Number = 16;

    private readonly byte[] _kinds = new byte[CodePoints];
    private readonly FrozenDictionary<int, byte> _classes;
    private readonly FrozenDictionary<int, int> _lower;
    private readonly FrozenDictionary<int, (int First, int Second)> _decompositions;
    private readonly FrozenDictionary<(int First, int Second), int> _compositions;

    private UnicodeTable(StreamReader lines)
    {
        var classes = new Dictionary<int, byte>();
        var lower = new Dictionary<int, int>();
        var decompositions = new Dictionary<int, (int, int)>();
        var compositions = new Dictionary<(int, int), int>();
        while (lines.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            switch (words[0])
            {
                case "punctuation": MarkKind(words[1..], Punctuation); break;
                case "nonspacing": MarkKind(words[1..], Nonspacing); break;
                case "other": MarkKind(words[1..], Other); break;
                case "letters": MarkKind(words[1..], Letter); break;
                case "numbers": MarkKind(words[1..], Number); break;
                case "class":
                    var combining = byte.Parse(words[1], CultureInfo.InvariantCulture);
                    foreach (var c in words[2..].SelectMany(ListRange))
                    {
                        classes.Add(c, combining);
                    }

                    break;
                case "lower":
                    foreach (var pair in words[1..].Select(w => w.Split('=')))
                    {
                        lower.Add(ParseHex(pair[0]), ParseHex(pair[1]));
                    }

                    break;
                default:
                    Array.ForEach(words[1..], w => AddDecomposition(w, decompositions, compositions));
                    break;
            }
        }

        (_classes, _lower) = (classes.ToFrozenDictionary(), lower.ToFrozenDictionary());
        (_decompositions, _compositions) = (decompositions.ToFrozenDictionary(), compositions.ToFrozenDictionary());
    }

    /// <summary>The table.</summary>
    public static UnicodeTable Instance { get; } = Load();

    /// <summary>True for categories P* of Unicode 8, and for what ASCII calls punctuation.</summary>
    public bool IsPunctuation(int c) => c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
        || (_kinds[c] & Punctuation) != 0;

    /// <summary>True for category Mn of Unicode 8.</summary>
    public bool IsNonspacingMark(int c) => (_kinds[c] & Nonspacing) != 0;

    /// <summary>True for categories Cc, Cf and Co of Unicode 8.</summary>
    public bool IsOther(int c) => (_kinds[c] & Other) != 0;

    /// <summary>True for categories L*.</summary>
    public bool IsLetter(int c) => (_kinds[c] & Letter) != 0;

    /// <summary>True for categories N*.</summary>
    public bool IsNumber(int c) => (_kinds[c] & Number) != 0;

    /// <summary>Property White_Space, which all versions since 6.3 agree on.</summary>
    public static bool IsWhiteSpace(int c) => c <= char.MaxValue && char.IsWhiteSpace((char)c);

    /// <summary>The canonical combining class; 0 for what starts a new character.</summary>
    public int FindCombiningClass(int c) => _classes.GetValueOrDefault(c);

    /// <summary>The small letter of a capital one, itself for any other.</summary>
    public int FindLower(int c) => c < 0x80 ? (c is >= 'A' and <= 'Z' ? c + 32 : c) : _lower.GetValueOrDefault(c, c);

    /// <summary>One step of the canonical decomposition, Hangul aside; <c>Second</c> is 0 where one character replaces another.</summary>
    public bool TryDecompose(int c, out (int First, int Second) parts) => _decompositions.TryGetValue(c, out parts);

    /// <summary>The character that two compose to, Hangul aside.</summary>
    public bool TryCompose(int first, int second, out int composed) => _compositions.TryGetValue((first, second), out composed);

    private static UnicodeTable Load()
    {
        using var resource = typeof(UnicodeTable).Assembly.GetManifestResourceStream("unicode-14.txt")
            ?? throw new InvalidOperationException("The table of characters is not in the assembly.");
        using var lines = new StreamReader(resource);
        return new UnicodeTable(lines);
    }

    // "C0=41+300", with a "!" behind it where composing does not go back.
    private static void AddDecomposition(string text, Dictionary<int, (int, int)> decompositions, Dictionary<(int, int), int> compositions)
    {
        var halves = text.TrimEnd('!').Split('=');
        var parts = halves[1].Split('+');
        var pair = (ParseHex(parts[0]), parts.Length == 2 ? ParseHex(parts[1]) : 0);
        decompositions.Add(ParseHex(halves[0]), pair);
        if (!text.EndsWith('!'))
        {
            compositions.Add(pair, ParseHex(halves[0]));
        }
    }

    private void MarkKind(string[] ranges, byte kind)
    {
        foreach (var c in ranges.SelectMany(ListRange))
        {
            _kinds[c] |= kind;
        }
    }

    private static IEnumerable<int> ListRange(string range)
    {
        var ends = range.Split('-');
        var first = ParseHex(ends[0]);
        return Enumerable.Range(first, ParseHex(ends[^1]) - first + 1);
    }

    private static int ParseHex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
