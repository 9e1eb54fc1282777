using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;
using Reranker.Requests;

namespace Reranker.Gateway.Dialects;

/// <summary>Rules that several dialects share.</summary>
internal static class FieldRules
{
    /// <summary>The query: present and not only white space.</summary>
    public static string Query(this JsonFields fields)
    {
        var query = fields.Text("query")
            ?? throw new RequestFormatException(GatewayError.Invalid("'query' is missing.", "query"));
        return string.IsNullOrWhiteSpace(query)
            ? throw new RequestFormatException(GatewayError.Invalid("query must not be empty or be only whitespace", "query"))
            : query;
    }

    /// <summary>Left or right in any case; null when absent.</summary>
    public static TruncationSide? Side(this JsonFields fields, string name)
    {
        if (fields.Text(name) is not { } text)
        {
            return null;
        }

        return text.ToUpperInvariant() switch
        {
            "LEFT" => TruncationSide.Left,
            "RIGHT" => TruncationSide.Right,
            _ => throw FieldConversions.Wrong(name, "'left' or 'right'"),
        };
    }

    /// <summary>A limit where 0 means that there is none; null when absent.</summary>
    public static int? Limit(this JsonFields fields, string name) => fields.Count(name) is > 0 and var value ? value : null;
}
