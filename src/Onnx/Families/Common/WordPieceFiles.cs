using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.Common;

/// <summary><c>vocab.txt</c>, a piece a line, as the <c>tokenizer.json</c> that Hugging Face's converter makes of it.</summary>
internal static class WordPieceFiles
{
    private const string FileName = "vocab.txt";

    /// <summary>Makes the file's content.</summary>
    /// <exception cref="CheckpointException">The vocabulary is missing, or has not the tokens of a pair.</exception>
    public static byte[] Create(string root, JsonElement? settings, List<string> sources)
    {
        var path = Path.Combine(root, FileName);
        if (!File.Exists(path))
        {
            throw new CheckpointException(path, "missing, and there is no tokenizer.json; the tokenizer is read from one of them");
        }

        sources.Add(path);
        var vocabulary = new JsonObject();
        string[] lines = [.. CheckpointFile.ReadLines(path)];
        for (var id = 0; id < lines.Length; id++)
        {
            // Of a piece that stands twice the later number counts, as in the converter.
            vocabulary[lines[id].TrimEnd()] = id;
        }

        int Find(string role, string usual)
        {
            var token = settings is { } s && s.TryGetMember(role, out var value) && value.ValueKind == JsonValueKind.String ? value.ReadText() : usual;
            return vocabulary.TryGetPropertyValue(token, out var id) ? id!.GetValue<int>() : throw new CheckpointException(path, $"has no '{token}', the tokenizer's {role}");
        }

        var (cls, sep, unknown) = (Find("cls_token", "[CLS]"), Find("sep_token", "[SEP]"), Find("unk_token", "[UNK]"));
        bool? Read(string name) => settings is { } s && s.TryGetMember(name, out var value) ? value.ReadSwitch() : null;
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(CreateSpecial(lines, cls), CreateSpecial(lines, sep)),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = Read("tokenize_chinese_chars") ?? true,
                ["strip_accents"] = Read("strip_accents"),
                ["lowercase"] = Read("do_lower_case") ?? true,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "BertProcessing",
                ["sep"] = new JsonArray(lines[sep].TrimEnd(), sep),
                ["cls"] = new JsonArray(lines[cls].TrimEnd(), cls),
            },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = lines[unknown].TrimEnd(),
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocabulary,
            },
        });
    }

    private static JsonObject CreateSpecial(string[] lines, int id) => new() { ["id"] = id, ["content"] = lines[id].TrimEnd(), ["special"] = true };
}
