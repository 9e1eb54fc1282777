using System.Text.Json.Nodes;

namespace Reranker.TestKit.Reference;

/// <summary><c>tokenizer.json</c> of an XLM-RoBERTa, as converters of its SentencePiece model have written it over the years.</summary>
public static class UnigramFiles
{
    /// <summary>Names of the forms: of 2020, of 2021 to 2023, and since then.</summary>
    public static IReadOnlyList<string> Forms { get; } = ["words", "joined", "stripped"];

    /// <summary>Makes one.</summary>
    /// <param name="pieces">Pieces of the SentencePiece model, the first three being <c>&lt;unk&gt;</c>, <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</param>
    /// <param name="charsMap">Its character map.</param>
    /// <param name="form">One of <see cref="Forms"/>.</param>
    public static JsonObject Create(IEnumerable<(string Text, float Score)> pieces, byte[] charsMap, string form)
    {
        string[] special = ["<s>", "<pad>", "</s>", "<unk>"];
        List<(string Text, double Score)> vocabulary =
            [.. special.Select(s => (s, 0.0)), .. pieces.Skip(3).Select(p => (p.Text, (double)p.Score)), ("<mask>", 0.0)];
        var precompiled = new JsonObject { ["type"] = "Precompiled", ["precompiled_charsmap"] = Convert.ToBase64String(charsMap) };
        JsonObject Join(string content) => new() { ["type"] = "Replace", ["pattern"] = new JsonObject { ["Regex"] = " {2,}" }, ["content"] = content };
        JsonObject Sequence(string list, params JsonNode[] steps) => new() { ["type"] = "Sequence", [list] = new JsonArray(steps) };
        JsonObject Token(string id) => new() { ["SpecialToken"] = new JsonObject { ["id"] = id, ["type_id"] = 0 } };
        JsonObject Text(string id) => new() { ["Sequence"] = new JsonObject { ["id"] = id, ["type_id"] = 0 } };
        JsonObject Describe(string id, int place) => new() { ["id"] = id, ["ids"] = new JsonArray(place), ["tokens"] = new JsonArray(id) };
        var spaced = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "\u2581", [form == "stripped" ? "prepend_scheme" : "add_prefix_space"] = form == "stripped" ? "always" : true };
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. special.Append("<mask>").Select(t => new JsonObject
            {
                ["id"] = t == "<mask>" ? vocabulary.Count - 1 : Array.IndexOf(special, t),
                ["content"] = t,
                ["single_word"] = false,
                ["lstrip"] = t == "<mask>",
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            })]),
            ["normalizer"] = form switch
            {
                "words" => precompiled,
                "joined" => Sequence("normalizers", precompiled, Join(" ")),
                _ => Sequence("normalizers", precompiled, new JsonObject { ["type"] = "Strip", ["strip_left"] = false, ["strip_right"] = true }, Join("\u2581")),
            },
            ["pre_tokenizer"] = form == "words" ? Sequence("pretokenizers", new JsonObject { ["type"] = "WhitespaceSplit" }, spaced) : spaced,
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(Token("<s>"), Text("A"), Token("</s>")),
                ["pair"] = new JsonArray(Token("<s>"), Text("A"), Token("</s>"), Token("</s>"), Text("B"), Token("</s>")),
                ["special_tokens"] = new JsonObject { ["<s>"] = Describe("<s>", 0), ["</s>"] = Describe("</s>", 2) },
            },
            ["decoder"] = spaced.DeepClone(),
            ["model"] = new JsonObject
            {
                ["type"] = "Unigram",
                ["unk_id"] = 3,
                ["vocab"] = new JsonArray([.. vocabulary.Select(p => new JsonArray(p.Text, p.Score))]),
                ["byte_fallback"] = false,
            },
        };
    }
}
