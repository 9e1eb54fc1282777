using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;
using Reranker.Requests;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>Reads TEI's requests. They have no model and no top_n; pairs are cut on the longer side, as that server does.</summary>
internal static class TeiRequest
{
    /// <summary>The field of the passages.</summary>
    public const string Passages = "texts";

    public static RerankCall ReadCall(JsonFields fields, GatewayOptions options) => new()
    {
        Query = fields.ReadQuery(),
        Passages = fields.ReadPassages(Passages, rankFields: null, allowObjects: false, options.MaxPassages),
        ReturnTexts = fields.ReadBoolean("return_text") ?? false,
        RawScores = fields.ReadBoolean("raw_scores") ?? false,
        Truncation = ReadTruncation(fields, options),
    };

    /// <summary>What is cut of a pair that is too long.</summary>
    public static TruncationOptions ReadTruncation(JsonFields fields, GatewayOptions options) => new()
    {
        Allowed = fields.ReadBoolean("truncate") ?? options.AutoTruncate,
        Strategy = TruncationStrategy.LongestFirst,
        Side = fields.ReadSide("truncation_direction") ?? TruncationSide.Right,
    };
}
