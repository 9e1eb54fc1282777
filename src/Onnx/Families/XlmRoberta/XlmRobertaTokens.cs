using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.XlmRoberta;

/// <summary>The five tokens beside the pieces of text that XLM-RoBERTa's tokenizer has, and where they stand.</summary>
/// <param name="maskId">Id of <c>&lt;mask&gt;</c>, behind the last piece.</param>
internal sealed class XlmRobertaTokens(int maskId)
{
    private readonly Dictionary<string, int> _ids = new()
    {
        ["<s>"] = PairLayout.BeginId,
        ["<pad>"] = PairLayout.PadId,
        ["</s>"] = PairLayout.EndId,
        ["<unk>"] = PairLayout.UnknownId,
        ["<mask>"] = maskId,
    };

    /// <summary>The roles that a checkpoint's settings name, with the token that has each.</summary>
    public static IReadOnlyList<(string Role, string Token)> Roles { get; } =
    [
        ("bos_token", "<s>"), ("cls_token", "<s>"), ("eos_token", "</s>"), ("sep_token", "</s>"),
        ("unk_token", "<unk>"), ("pad_token", "<pad>"), ("mask_token", "<mask>"),
    ];

    /// <summary>
    /// Refuses a token that is none of the five, or stands elsewhere: the model learned it as one token, and here it would be
    /// taken for text.
    /// </summary>
    /// <exception cref="CheckpointException">It is another token.</exception>
    public void Require(string file, string token, int id)
    {
        if (!_ids.TryGetValue(token, out var own))
        {
            throw new CheckpointException(file, $"adds the token '{token}' ({id}); only <s>, <pad>, </s>, <unk> and <mask> are supported");
        }

        if (own != id)
        {
            throw new CheckpointException(file, $"gives the token '{token}' the id {id}; in this vocabulary it is {own}");
        }
    }

    /// <summary>Refuses a token by name alone.</summary>
    /// <exception cref="CheckpointException">It is another token.</exception>
    public void RequireKnown(string file, string token)
    {
        if (!_ids.ContainsKey(token))
        {
            throw new CheckpointException(file, $"adds the token '{token}'; only <s>, <pad>, </s>, <unk> and <mask> are supported");
        }
    }

    /// <summary>A token as settings write it: its text, or an object with its <c>content</c>.</summary>
    public static string ReadToken(JsonElement token)
        => (token.ValueKind == JsonValueKind.Object ? token.GetMember("content") : token).ReadText();
}
