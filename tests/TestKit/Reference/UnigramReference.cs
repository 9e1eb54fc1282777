using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Reranker.TestKit.Reference;

/// <summary>
/// A Unigram tokenizer as its <c>tokenizer.json</c> describes it, with whole strings and dictionaries, and with nothing of the product's:
/// the character map is unfolded to a list of rules first, a text is normalized and split as a whole, and pieces are looked up by their text.
/// </summary>
public sealed class UnigramReference
{
    private readonly Dictionary<string, string> _rules;
    private readonly List<(string Text, double Score)> _pieces;
    private readonly Dictionary<string, int> _ids = [];
    private readonly JsonNode _file;
    private readonly int _unknown;
    private readonly double _unknownScore;
    private readonly int _longest;

    /// <summary>Reads a file's content.</summary>
    public UnigramReference(JsonNode file)
    {
        _file = file;
        _rules = UnfoldRules(Convert.FromBase64String(ListSteps(file["normalizer"]!, "normalizers").Single(s => Type(s) == "Precompiled")["precompiled_charsmap"]!.GetValue<string>()));
        _pieces = [.. file["model"]!["vocab"]!.AsArray().Select(p => (p![0]!.GetValue<string>(), p[1]!.GetValue<double>()))];
        _unknown = file["model"]!["unk_id"]!.GetValue<int>();
        _longest = _pieces.Max(p => p.Text.Length);
        _unknownScore = _pieces.Min(p => p.Score) - 10;
        var special = file["added_tokens"]!.AsArray().Select(t => t!["content"]!.GetValue<string>()).ToHashSet();
        for (var id = 0; id < _pieces.Count; id++)
        {
            if (!special.Contains(_pieces[id].Text))
            {
                _ids.Add(_pieces[id].Text, id);
            }
        }
    }

    /// <summary>The rules of the character map: what is replaced, and by what.</summary>
    public IReadOnlyDictionary<string, string> Rules => _rules;

    /// <summary>The ids of a text.</summary>
    public int[] Encode(string text)
    {
        text = string.Concat(text.EnumerateRunes());
        foreach (var step in ListSteps(_file["normalizer"]!, "normalizers"))
        {
            text = Type(step) switch
            {
                "Precompiled" => Replace(text),
                "Strip" => text.TrimEnd(),
                "Replace" => JoinSpaces(text, step["content"]!.GetValue<string>()),
                _ => throw new NotSupportedException(Type(step)),
            };
        }

        IEnumerable<string> parts = [text];
        foreach (var step in ListSteps(_file["pre_tokenizer"]!, "pretokenizers"))
        {
            parts = Type(step) == "Metaspace" ? [.. parts.SelectMany(SplitMetaspace)] : [.. parts.SelectMany(SplitWhiteSpace)];
        }

        return [.. parts.SelectMany(EncodeWord)];
    }

    private string Replace(string text)
    {
        var result = new StringBuilder();
        var clusters = StringInfo.GetTextElementEnumerator(text);
        while (clusters.MoveNext())
        {
            var cluster = clusters.GetTextElement();
            var rule = Encoding.UTF8.GetByteCount(cluster) < 6 ? FindShortest(cluster) : null;
            result.Append(rule ?? string.Concat(cluster.EnumerateRunes().Select(r => FindShortest(r.ToString()) ?? r.ToString())));
        }

        return result.ToString();
    }

    private string? FindShortest(string text)
    {
        for (var length = 1; length <= text.Length; length++)
        {
            if (_rules.TryGetValue(text[..length], out var replacement))
            {
                return replacement;
            }
        }

        return null;
    }

    private static string JoinSpaces(string text, string joined)
    {
        for (var length = text.Length; length > 1; length--)
        {
            if (text.Contains(new string(' ', length), StringComparison.Ordinal))
            {
                text = text.Replace(new string(' ', length), "\uE000", StringComparison.Ordinal);
            }
        }

        return text.Replace("\uE000", joined, StringComparison.Ordinal);
    }

    private static IEnumerable<string> SplitWhiteSpace(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> SplitMetaspace(string text)
    {
        text = text.Replace(' ', '\u2581');
        text = text.Length == 0 || text[0] == '\u2581' ? text : $"\u2581{text}";
        var word = new StringBuilder();
        foreach (var c in text)
        {
            if (c == '\u2581' && word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }

            word.Append(c);
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }

    private IEnumerable<int> EncodeWord(string word)
    {
        var letters = word.EnumerateRunes().Select(r => r.ToString()).ToArray();
        var best = new (double Sum, int Start, int Id)[letters.Length + 1];
        for (var end = 1; end <= letters.Length; end++)
        {
            best[end].Sum = double.NegativeInfinity;
            for (var start = Math.Max(0, end - _longest); start < end; start++)
            {
                var isKnown = _ids.TryGetValue(string.Concat(letters[start..end]), out var id);
                var sum = best[start].Sum + (isKnown ? _pieces[id].Score : _unknownScore);
                if ((isKnown || start == end - 1) && sum > best[end].Sum)
                {
                    best[end] = (sum, start, isKnown ? id : _unknown);
                }
            }
        }

        var ids = new Stack<int>();
        for (var end = letters.Length; end > 0; end = best[end].Start)
        {
            if (best[end].Id != _unknown || !ids.TryPeek(out var last) || last != _unknown)
            {
                ids.Push(best[end].Id);
            }
        }

        return ids;
    }

    // A map is a double array over bytes: a unit has its label, whether a value hangs below it, and how far its children are.
    private static Dictionary<string, string> UnfoldRules(byte[] map)
    {
        var size = BitConverter.ToInt32(map) / 4;
        var rules = new Dictionary<string, string>();
        Follow(Offset(0), []);
        return rules;

        uint Unit(int place) => BitConverter.ToUInt32(map, 4 + (4 * place));

        int Offset(int place) => (int)(Unit(place) >> 10 << ((Unit(place) >> 9 & 1) == 1 ? 8 : 0));

        void Follow(int node, byte[] key)
        {
            for (var label = 1; label < 256; label++)
            {
                var child = node ^ label;
                if (child >= size || (Unit(child) & 0x800000FF) != label)
                {
                    continue;
                }

                var (next, longer) = (child ^ Offset(child), (byte[])[.. key, (byte)label]);
                if ((Unit(child) >> 8 & 1) == 1)
                {
                    var text = map.AsSpan(4 + (4 * size) + (int)(Unit(next) & 0x7FFFFFFF));
                    rules.Add(Encoding.UTF8.GetString(longer), Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]));
                }

                Follow(next, longer);
            }
        }
    }

    private static IEnumerable<JsonNode> ListSteps(JsonNode step, string list) => Type(step) == "Sequence" ? step[list]!.AsArray().Select(s => s!) : [step];

    private static string Type(JsonNode step) => step["type"]!.GetValue<string>();
}
