using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;
using Reranker.Requests;

namespace Reranker.Gateway.Dialects.Nim;

/// <summary>Reads NIM's requests. Query and passages are objects with a text; strings are read too, as some of its clients send them.</summary>
internal static class NimRequest
{
    /// <summary>The field of the passages.</summary>
    public const string Passages = "passages";

    public static RerankCall ReadCall(JsonFields fields, GatewayOptions options)
    {
        fields.RefuseInstructions();
        var (allowed, side) = ReadTruncate(fields);
        return new RerankCall
        {
            Query = fields.ReadQuery(allowObjects: true),
            Passages = fields.ReadPassages(Passages, rankFields: null, allowObjects: true, options.MaxPassages, refuseImages: true),
            Model = fields.ReadText("model"),
            Top = fields.ReadLimit("top_n"),
            RawScores = true,
            Truncation = new TruncationOptions
            {
                Allowed = allowed ?? options.AutoTruncate,
                Strategy = TruncationStrategy.OnlySecond,
                Side = side,
            },
        };
    }

    private static (bool? Allowed, TruncationSide Side) ReadTruncate(JsonFields fields) => fields.ReadText("truncate")?.ToUpperInvariant() switch
    {
        null => (null, TruncationSide.Right),
        "NONE" => (false, TruncationSide.Right),
        "END" => (true, TruncationSide.Right),
        "START" => (true, TruncationSide.Left),
        _ => throw FieldConversions.CreateWrongType("truncate", "'NONE', 'START' or 'END'"),
    };
}
