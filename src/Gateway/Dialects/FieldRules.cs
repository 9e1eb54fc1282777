using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;
using Reranker.Requests;

namespace Reranker.Gateway.Dialects;

/// <summary>Rules that several dialects share.</summary>
internal static class FieldRules
{
    /// <summary>Fields that change scores elsewhere and do nothing here: whoever sends one is told.</summary>
    private static readonly string[] Instructions = ["instruction", "instructions", "instruct", "chat_template", "chat_template_kwargs"];

    /// <summary>The query: present and not only white space.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="allowObjects">Whether it may be an object with its text in <c>text</c> or <c>content</c>.</param>
    public static string ReadQuery(this JsonFields fields, bool allowObjects = false)
    {
        var query = (allowObjects ? fields.ReadTextOrObject("query") : fields.ReadText("query"))
            ?? throw new RequestFormatException(GatewayError.CreateInvalid("'query' is missing.", "query"));
        return string.IsNullOrWhiteSpace(query)
            ? throw new RequestFormatException(GatewayError.CreateInvalid("query must not be empty or be only whitespace", "query"))
            : query;
    }

    /// <summary>Left or right in any case; null when absent.</summary>
    public static TruncationSide? ReadSide(this JsonFields fields, string name)
    {
        if (fields.ReadText(name) is not { } text)
        {
            return null;
        }

        return text.ToUpperInvariant() switch
        {
            "LEFT" => TruncationSide.Left,
            "RIGHT" => TruncationSide.Right,
            _ => throw FieldConversions.CreateWrongType(name, "'left' or 'right'"),
        };
    }

    /// <summary>The instructions of a request, which no model here takes; for replies that have a place to warn of them.</summary>
    public static string[] FindInstructions(this JsonFields fields) => [.. Instructions.Where(fields.Has)];

    /// <summary>Refuses instructions, for replies that have no place to warn of them.</summary>
    public static void RefuseInstructions(this JsonFields fields)
    {
        if (Array.Find(Instructions, fields.Has) is { } name)
        {
            throw new RequestFormatException(GatewayError.CreateInvalid($"'{name}' is not supported: the model takes no instructions.", name));
        }
    }

    /// <summary>Infinity's raw_scores, or vLLM's use_activation. Both are read, so that a wrong one is an error beside a right one.</summary>
    public static bool WantsLogits(this JsonFields fields)
    {
        var (raw, activation) = (fields.ReadBoolean("raw_scores"), fields.ReadBoolean("use_activation"));
        return raw == true || activation == false;
    }

    /// <summary>A limit where 0 means that there is none; null when absent.</summary>
    public static int? ReadLimit(this JsonFields fields, string name) => fields.ReadNonNegative(name) is > 0 and var value ? value : null;
}
