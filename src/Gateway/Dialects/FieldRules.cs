using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;
using Reranker.Requests;

namespace Reranker.Gateway.Dialects;

/// <summary>Rules that several dialects share.</summary>
internal static class FieldRules
{
    /// <summary>The query: present and not only white space.</summary>
    public static string ReadQuery(this JsonFields fields)
    {
        var query = fields.ReadText("query")
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

    /// <summary>A limit where 0 means that there is none; null when absent.</summary>
    public static int? ReadLimit(this JsonFields fields, string name) => fields.ReadNonNegative(name) is > 0 and var value ? value : null;
}
