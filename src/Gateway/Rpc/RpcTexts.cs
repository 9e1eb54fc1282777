using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Rpc;

/// <summary>The rules that texts of every service keep.</summary>
internal static class RpcTexts
{
    /// <summary>The query, which must have more than white space.</summary>
    /// <exception cref="RequestFormatException">It has not.</exception>
    public static string CheckQuery(string query, string field) => string.IsNullOrWhiteSpace(query)
        ? throw new RequestFormatException(GatewayError.CreateInvalid($"'{field}' must not be empty or be only whitespace.", field))
        : query;

    /// <summary>The passages, of which there must be one, and no more than the gateway takes.</summary>
    /// <exception cref="RequestFormatException">There are none, or too many.</exception>
    public static string[] CheckPassages(ICollection<string> passages, string field, GatewayOptions options)
    {
        CheckCount(passages.Count, field, options);
        return [.. passages];
    }

    /// <summary>Checks a number of passages.</summary>
    /// <exception cref="RequestFormatException">There are none, or too many.</exception>
    public static void CheckCount(int count, string field, GatewayOptions options)
    {
        if (count == 0)
        {
            throw new RequestFormatException(GatewayError.CreateNoPassages(field));
        }

        if (count > options.MaxPassages)
        {
            throw new RequestFormatException(GatewayError.CreateTooManyPassages(field, options.MaxPassages));
        }
    }
}
