using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.Common;

/// <summary><c>vocab.json</c> and <c>merges.txt</c> as the <c>tokenizer.json</c> that Hugging Face's converter makes of them.</summary>
internal static class BytePairFiles
{
    private const string VocabularyFile = "vocab.json";
    private const string MergesFile = "merges.txt";
    private const long MaxBytes = 64L << 20;

    /// <summary>Makes the file's content.</summary>
    /// <exception cref="CheckpointException">A file is missing, or has not the tokens of a pair.</exception>
    public static byte[] Create(string root, JsonElement? settings, List<string> sources)
    {
        var (path, merges) = (Path.Combine(root, VocabularyFile), Path.Combine(root, MergesFile));
        if (new[] { path, merges }.FirstOrDefault(f => !File.Exists(f)) is { } missing)
        {
            throw new CheckpointException(missing, "missing, and there is no tokenizer.json; the tokenizer is read from vocab.json with merges.txt, or from that");
        }

        sources.AddRange([path, merges]);
        var vocabulary = CheckpointJson.ReadObject(path, MaxBytes, "vocabulary", ReadVocabulary);
        JsonArray Find(string token) => vocabulary.TryGetPropertyValue(token, out var id)
            ? new JsonArray(token, id!.GetValue<int>())
            : throw new CheckpointException(path, $"has no '{token}'");
        var (cls, sep) = (Find("<s>"), Find("</s>"));
        var addsPrefixSpace = settings is { } s && s.TryGetMember("add_prefix_space", out var value) && value.ReadSwitch();
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(CreateSpecial(cls), CreateSpecial(sep)),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = addsPrefixSpace, ["trim_offsets"] = true },
            ["post_processor"] = new JsonObject { ["type"] = "RobertaProcessing", ["sep"] = sep, ["cls"] = cls },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. ListMerges(merges).Select(m => JsonValue.Create(m))]),
            },
        });
    }

    private static JsonObject ReadVocabulary(JsonElement file)
    {
        foreach (var token in file.ListMembers())
        {
            _ = token.Value.ReadInteger();
        }

        return JsonObject.Create(file.Clone())!;
    }

    private static IEnumerable<string> ListMerges(string path)
        => CheckpointFile.ReadLines(path).Select((line, i) => (line, i)).Where(l => l.line.Length > 0 && !(l.i == 0 && l.line.StartsWith("#version", StringComparison.Ordinal))).Select(l => l.line);

    private static JsonObject CreateSpecial(JsonArray token)
        => new() { ["id"] = token[1]!.GetValue<int>(), ["content"] = token[0]!.GetValue<string>(), ["special"] = true };
}
