using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.Common;

/// <summary>
/// Whether the small files beside a <c>tokenizer.json</c> say what it says. Hugging Face's classes apply some of them over it, so that
/// two that differ are two tokenizers, and nobody knows which of them the model was trained with.
/// </summary>
internal static class TokenizerAgreement
{
    private static readonly string[] Parts = ["normalizer", "pre_tokenizer"];

    private static readonly (string Setting, string Step, string Member)[] Switches =
    [
        ("do_lower_case", "BertNormalizer", "lowercase"),
        ("strip_accents", "BertNormalizer", "strip_accents"),
        ("tokenize_chinese_chars", "BertNormalizer", "handle_chinese_chars"),
        ("add_prefix_space", "ByteLevel", "add_prefix_space"),
    ];

    /// <summary>Checks a file of settings.</summary>
    /// <exception cref="CheckpointException">It says something else.</exception>
    public static void Check(string path, JsonElement settings, byte[] tokenizerJson, FastTokenizer tokenizer)
    {
        using var json = JsonDocument.Parse(tokenizerJson);
        foreach (var (setting, step, member) in Switches)
        {
            if (settings.TryGetMember(setting, out var wanted)
                && FindStep(json.RootElement, step) is { } found
                && (found.TryGetMember(member, out var said) ? said.GetRawText() != wanted.GetRawText() : member != "strip_accents"))
            {
                throw new CheckpointException(path, $"sets {setting} to {wanted.GetRawText()}, and {TokenizerJson.FileName} has {member} {found.GetRawText()}");
            }
        }

        CheckRole(path, settings, "cls_token", tokenizer, tokenizer.Template.Begin);
        CheckRole(path, settings, "sep_token", tokenizer, tokenizer.Template.End);
        if (tokenizer.UnknownId is { } unknown)
        {
            CheckRole(path, settings, "unk_token", tokenizer, unknown);
        }
    }

    private static void CheckRole(string path, JsonElement settings, string role, FastTokenizer tokenizer, int id)
    {
        if (settings.TryGetMember(role, out var value))
        {
            var token = (value.ValueKind == JsonValueKind.Object ? value.GetMember("content") : value).ReadText();
            if (!tokenizer.Vocabulary.TryGetValue(token, out var own) || own != id)
            {
                throw new CheckpointException(path, $"has '{token}' as {role}; in the tokenizer that is {id}, another token");
            }
        }
    }

    private static JsonElement? FindStep(JsonElement root, string type)
        => Parts.Where(n => root.TryGetMember(n, out _)).SelectMany(n => Flatten(root.GetMember(n)))
            .Where(s => s.FindText("type") == type).Select(s => (JsonElement?)s).FirstOrDefault();

    private static IEnumerable<JsonElement> Flatten(JsonElement step) => step.FindText("type") != "Sequence" ? [step]
        : step.ListMembers().Where(p => p.Value.ValueKind == JsonValueKind.Array).SelectMany(p => p.Value.ListItems()).SelectMany(Flatten);
}
