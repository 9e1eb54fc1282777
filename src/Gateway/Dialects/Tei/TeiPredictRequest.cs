using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>Reads pairs. A text alone, which that server takes for other models, is an error: a cross-encoder has no score for it.</summary>
internal static class TeiPredictRequest
{
    /// <summary>The field of the pairs.</summary>
    public const string Pairs = "inputs";

    public static RerankCall ReadCall(JsonFields fields, GatewayOptions options)
    {
        var (queries, passages) = fields.ReadPairs(Pairs, options.MaxPassages, out var isList);
        var empty = Array.FindIndex(queries, string.IsNullOrWhiteSpace);
        return empty < 0
            ? new RerankCall
            {
                Query = queries[0],
                Queries = RerankCall.FindDifferent(queries),
                Passages = passages,
                IsPairList = isList,
                RawScores = fields.ReadBoolean("raw_scores") ?? false,
                Truncation = TeiRequest.ReadTruncation(fields, options),
            }
            : throw new RequestFormatException(
                GatewayError.CreateInvalid($"The first text of pair {empty} must not be empty or be only whitespace.", Pairs));
    }
}
