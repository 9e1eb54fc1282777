using System.Globalization;
using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.XlmRoberta;

/// <summary>
/// The small files beside a checkpoint's SentencePiece model. They can change what a text becomes, and nothing here reads
/// them when the model serves, so a setting that asks for another tokenizer than this program's ends the import.
/// </summary>
internal static class TokenizerSettings
{
    /// <summary>Files that hold such settings; a checkpoint may have any of them.</summary>
    public static IReadOnlyList<string> Files { get; } =
        ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "sentence_bert_config.json"];

    private static readonly string[] Classes = ["XLMRobertaTokenizer", "XLMRobertaTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend"];

    // What must not be true, and what must not be false: this tokenizer does the opposite.
    private static readonly string[] NeverTrue = ["do_lower_case", "do_lowercase", "lowercase", "strip_accents", "byte_fallback"];
    private static readonly string[] NeverFalse = ["add_bos_token", "add_eos_token", "add_prefix_space", "keep_accents"];

    /// <summary>Checks one of <see cref="Files"/>.</summary>
    /// <exception cref="CheckpointException">It asks for a tokenizer that gives other ids than this program's.</exception>
    public static void Check(string path, XlmRobertaTokens tokens)
        => CheckpointJson.ReadObject(path, CheckpointJson.MaxSettingsBytes, "file of settings", settings =>
        {
            if (Path.GetFileName(path) == "added_tokens.json")
            {
                foreach (var token in settings.ListMembers())
                {
                    tokens.Require(path, token.Name, token.Value.ReadInteger());
                }
            }
            else
            {
                CheckClass(path, settings);
                CheckSwitches(path, settings);
                CheckRoles(path, settings);
                CheckAdded(path, settings, tokens);
            }

            return true;
        });

    /// <summary>Refuses the settings of another tokenizer's class.</summary>
    public static void CheckClass(string path, JsonElement settings)
    {
        if (settings.FindText("tokenizer_class") is { } name && !Classes.Contains(name))
        {
            throw new CheckpointException(path, $"has the tokenizer_class '{name}'; only XLMRobertaTokenizer is imported");
        }
    }

    private static void CheckSwitches(string path, JsonElement settings)
    {
        foreach (var (name, wrong) in NeverTrue.Select(n => (n, true)).Concat(NeverFalse.Select(n => (n, false))))
        {
            if (settings.TryGetMember(name, out var value) && (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False) || value.ReadSwitch() == wrong))
            {
                throw new CheckpointException(path, $"sets {name} to {value.GetRawText()}, which this tokenizer does not do");
            }
        }

        if (settings.TryGetMember("sp_model_kwargs", out var arguments) && arguments.ListMembers().Any())
        {
            throw new CheckpointException(path, "has sp_model_kwargs, which this tokenizer does not take");
        }
    }

    private static void CheckRoles(string path, JsonElement settings)
    {
        foreach (var (role, token) in XlmRobertaTokens.Roles)
        {
            if (settings.TryGetMember(role, out var value)
                && (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Object) || XlmRobertaTokens.ReadToken(value) != token))
            {
                throw new CheckpointException(path, $"has {value.GetRawText()} as {role}; XLM-RoBERTa's is {token}");
            }
        }
    }

    private static void CheckAdded(string path, JsonElement settings, XlmRobertaTokens tokens)
    {
        if (settings.TryGetMember("added_tokens_decoder", out var decoder))
        {
            foreach (var entry in decoder.ListMembers())
            {
                if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                {
                    throw new CheckpointException(path, $"has '{entry.Name}' in added_tokens_decoder, which is no id");
                }

                tokens.Require(path, XlmRobertaTokens.ReadToken(entry.Value), id);
            }
        }

        foreach (var list in new[] { "additional_special_tokens", "extra_special_tokens" })
        {
            if (settings.TryGetMember(list, out var added))
            {
                foreach (var token in added.ValueKind == JsonValueKind.Object ? added.ListMembers().Select(p => p.Value) : added.ListItems())
                {
                    tokens.RequireKnown(path, XlmRobertaTokens.ReadToken(token));
                }
            }
        }
    }
}
