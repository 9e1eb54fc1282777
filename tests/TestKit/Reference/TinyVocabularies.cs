using System.Text;
using System.Text.Json.Nodes;
using Reranker.Inference.Tokenization.HuggingFace;

namespace Reranker.TestKit.Reference;

/// <summary>Small vocabularies of Hugging Face's tokenizers: the special tokens of a real one, letters, and made-up pieces.</summary>
public static class TinyVocabularies
{
    /// <summary>Id of [SEP] in <see cref="ListWordPieces"/>.</summary>
    public const int Separator = 3;

    private static readonly string[] Syllables = ["an", "ba", "de", "ion", "ko", "ly", "mi", "ra", "sto", "tu"];

    /// <summary>Pieces of a WordPiece vocabulary, the id of each being its place.</summary>
    public static IReadOnlyList<string> ListWordPieces(int most)
    {
        string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        var letters = Enumerable.Range('a', 26).Concat(Enumerable.Range('0', 10)).Concat(Enumerable.Range('A', 26))
            .Concat(Enumerable.Range(0x3B1, 25)).Concat(Enumerable.Range(0x430, 32)).Concat(Enumerable.Range(0x4E00, 20)).Concat(Enumerable.Range(0x3042, 20))
            .Concat([',', '.', '!', '?', '\'', '[', ']', 0x301, 0x628, 0x5D0, 0x915, 0xE01, 0x1100, 0x1161, 0x11A8]).Select(c => ((char)c).ToString()).ToList();
        return [.. special.Concat(letters.SelectMany(l => new[] { l, $"##{l}" })).Concat(Syllables.SelectMany(s => new[] { s, $"##{s}" })).Take(most)];
    }

    /// <summary><c>tokenizer.json</c> of a BERT.</summary>
    public static JsonObject CreateBert(IReadOnlyList<string> pieces, bool lowers = true)
    {
        var vocabulary = new JsonObject();
        for (var i = 0; i < pieces.Count; i++)
        {
            vocabulary[pieces[i]] = i;
        }

        JsonObject Text(string id, int segment) => new() { ["Sequence"] = new JsonObject { ["id"] = id, ["type_id"] = segment } };
        JsonObject Token(string id, int segment) => new() { ["SpecialToken"] = new JsonObject { ["id"] = id, ["type_id"] = segment } };
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. pieces.Take(5).Select((p, i) => new JsonObject
            {
                ["id"] = i,
                ["content"] = p,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            })]),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = true,
                ["strip_accents"] = null,
                ["lowercase"] = lowers,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(Token("[CLS]", 0), Text("A", 0), Token("[SEP]", 0)),
                ["pair"] = new JsonArray(Token("[CLS]", 0), Text("A", 0), Token("[SEP]", 0), Text("B", 1), Token("[SEP]", 1)),
            },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocabulary,
            },
        };
    }

    /// <summary>The tokens of a byte-level vocabulary and its merges, learned from a few texts as BPE learns.</summary>
    public static (Dictionary<string, int> Vocabulary, List<(string Left, string Right)> Merges) LearnBytePairs(IEnumerable<string> texts, int merges)
    {
        var vocabulary = new Dictionary<string, int>();
        foreach (var token in new[] { "<s>", "<pad>", "</s>", "<unk>" }.Concat(ByteLetters.List().Select(l => l.ToString())))
        {
            vocabulary.Add(token, vocabulary.Count);
        }

        var words = texts.SelectMany(t => t.Split(' ').Select(w => BytePairReference.ToLetters(Encoding.UTF8.GetBytes($" {w}"))))
            .Select(w => w.Select(c => c.ToString()).ToList()).ToList();
        var learned = new List<(string, string)>();
        while (learned.Count < merges)
        {
            var best = words.SelectMany(w => w.Zip(w.Skip(1))).GroupBy(p => p).Where(g => !vocabulary.ContainsKey(g.Key.First + g.Key.Second))
                .OrderByDescending(g => g.Count()).ThenBy(g => g.Key.First + "\0" + g.Key.Second, StringComparer.Ordinal).FirstOrDefault();
            if (best is null)
            {
                break;
            }

            learned.Add(best.Key);
            vocabulary.Add(best.Key.First + best.Key.Second, vocabulary.Count);
            words.ForEach(w => BytePairReference.Merge(w, best.Key.First, best.Key.Second));
        }

        vocabulary.Add("<mask>", vocabulary.Count);
        return (vocabulary, learned);
    }

    /// <summary><c>tokenizer.json</c> of a RoBERTa.</summary>
    public static JsonObject CreateRoberta(IReadOnlyDictionary<string, int> vocabulary, IEnumerable<(string Left, string Right)> merges) => new()
    {
        ["version"] = "1.0",
        ["added_tokens"] = new JsonArray([.. new[] { "<s>", "<pad>", "</s>", "<unk>", "<mask>" }.Select(t => new JsonObject
        {
            ["id"] = vocabulary[t],
            ["content"] = t,
            ["lstrip"] = t == "<mask>",
            ["normalized"] = true,
            ["special"] = true,
        })]),
        ["normalizer"] = null,
        ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true },
        ["post_processor"] = new JsonObject
        {
            ["type"] = "RobertaProcessing",
            ["sep"] = new JsonArray("</s>", vocabulary["</s>"]),
            ["cls"] = new JsonArray("<s>", vocabulary["<s>"]),
            ["trim_offsets"] = true,
            ["add_prefix_space"] = false,
        },
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = "",
            ["end_of_word_suffix"] = "",
            ["fuse_unk"] = false,
            ["vocab"] = new JsonObject(vocabulary.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value))),
            ["merges"] = new JsonArray([.. merges.Select(m => JsonValue.Create($"{m.Left} {m.Right}"))]),
        },
    };
}
