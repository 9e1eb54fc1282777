using System.Text.Json.Nodes;
using Reranker.Inference.Tokenization.HuggingFace;

namespace Reranker.Onnx.Synthesis;

/// <summary>Small <c>tokenizer.json</c> files with the conventions of known models: letters, syllables, and words made of them from the seed.</summary>
internal static class SyntheticTokenizers
{
    private const int MaxPieces = 20_000;
    private const string Consonants = "bcdfghklmnprstvwz";
    private const string Vowels = "aeiou";

    /// <summary>An uncased BERT's: <c>[CLS] query [SEP] passage [SEP]</c> in two segments.</summary>
    public static JsonObject CreateWordPiece(int vocabulary, ulong seed)
    {
        string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        var letters = Enumerable.Range('!', '~' - '!' + 1).Select(c => ((char)c).ToString()).Where(c => !char.IsAsciiLetterUpper(c[0])).ToList();
        var pieces = special.Concat(letters.SelectMany(l => new[] { l, $"##{l}" }))
            .Concat(ListWords(seed).SelectMany((word, i) => i % 2 == 0 ? new[] { word } : [$"##{word}"])).Distinct().Take(Math.Min(vocabulary, MaxPieces));
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = CreateSpecial(special, id: 0),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = true,
                ["strip_accents"] = null,
                ["lowercase"] = true,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = CreateTemplate(("[CLS]", 2), ("[SEP]", 3), second: 1),
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = CreateVocabulary(pieces),
            },
        };
    }

    /// <summary>A ModernBERT's: byte-level BPE, <c>[CLS] query [SEP] passage [SEP]</c> in one segment.</summary>
    public static JsonObject CreateBytePairs(int vocabulary, ulong seed)
    {
        string[] special = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"];
        var letters = ByteLetters.List().Select(l => l.ToString()).ToList();
        var syllables = Consonants.SelectMany(c => Vowels.Select(v => $"{c}{v}")).ToList();
        var space = ByteLetters.List()[' '].ToString();
        var merges = syllables.Select(s => (Left: s[..1], Right: s[1..])).Concat(syllables.Select(s => (Left: space, Right: s)))
            .Concat(ListWords(seed).Where(w => w.Length == 4).Distinct().Select(w => (Left: w[..2], Right: w[2..])))
            .Take(Math.Min(vocabulary, MaxPieces) - letters.Count - special.Length).ToList();
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = CreateSpecial(special, letters.Count + merges.Count),
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true },
            ["post_processor"] = CreateTemplate(("[CLS]", letters.Count + merges.Count + 1), ("[SEP]", letters.Count + merges.Count + 2), second: 0),
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = "",
                ["end_of_word_suffix"] = "",
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["vocab"] = CreateVocabulary(letters.Concat(merges.Select(m => m.Left + m.Right)).Concat(special)),
                ["merges"] = new JsonArray([.. merges.Select(m => JsonValue.Create($"{m.Left} {m.Right}"))]),
            },
        };
    }

    // All pairs of syllables come up before long, so that a list of them has an end.
    private static IEnumerable<string> ListWords(ulong seed)
    {
        var numbers = new SyntheticNumbers(seed);
        for (var i = 0; i < 4 * MaxPieces; i++)
        {
            yield return string.Concat(Enumerable.Range(0, 1 + numbers.Next(4)).Select(_ => $"{Consonants[numbers.Next(Consonants.Length)]}{Vowels[numbers.Next(Vowels.Length)]}"));
        }
    }

    private static JsonObject CreateVocabulary(IEnumerable<string> pieces) => new(pieces.Select((piece, i) => KeyValuePair.Create(piece, (JsonNode?)i)));

    private static JsonArray CreateSpecial(string[] tokens, int id) => new([.. tokens.Select((token, i) => new JsonObject
    {
        ["id"] = id + i,
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    })]);

    private static JsonObject CreateTemplate((string Token, int Id) first, (string Token, int Id) end, int second)
    {
        JsonObject Text(string id, int segment) => new() { ["Sequence"] = new JsonObject { ["id"] = id, ["type_id"] = segment } };
        JsonObject Token(string id, int segment) => new() { ["SpecialToken"] = new JsonObject { ["id"] = id, ["type_id"] = segment } };
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Token(first.Token, 0), Text("A", 0), Token(end.Token, 0)),
            ["pair"] = new JsonArray(Token(first.Token, 0), Text("A", 0), Token(end.Token, 0), Text("B", second), Token(end.Token, second)),
            ["special_tokens"] = new JsonObject(new[] { first, end }.Select(t => KeyValuePair.Create(
                t.Token, (JsonNode?)new JsonObject { ["id"] = t.Token, ["ids"] = new JsonArray(t.Id), ["tokens"] = new JsonArray(t.Token) }))),
        };
    }
}
