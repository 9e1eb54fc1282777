using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;
using Reranker.Requests;

namespace Reranker.Gateway.Dialects.Cohere;

/// <summary>Reads the requests of the <c>documents</c> family.</summary>
internal static class CohereRequest
{
    /// <summary>The field of the passages.</summary>
    public const string Passages = "documents";

    private const int MaxRankFields = 64;

    // Fields that change scores elsewhere and do nothing here: whoever sends one is told.
    private static readonly string[] Ignored = ["instruction"];

    public static RerankCall ReadCall(JsonFields fields, GatewayOptions options) => new()
    {
        Query = fields.ReadQuery(),
        Passages = fields.ReadPassages(Passages, ReadRankFields(fields), allowObjects: true, options.MaxPassages),
        Model = fields.ReadText("model"),
        Top = fields.ReadLimit("top_n"),
        ReturnTexts = fields.ReadBoolean("return_documents") ?? false,
        RawScores = WantsLogits(fields),
        Truncation = ReadTruncation(fields, options.AutoTruncate),
        MaxChunks = fields.ReadLimit("max_chunks_per_doc"),
        ChunkOverlap = fields.ReadNonNegative("overlap_tokens"),
        Warnings = DescribeIgnoredFields(fields),
    };

    /// <summary>Cohere's rank_fields; null when there are none.</summary>
    private static string[]? ReadRankFields(JsonFields fields)
    {
        const string Name = "rank_fields";
        if (!fields.TryOpenField(Name, out var reader))
        {
            return null;
        }

        var names = new List<string>();
        var isList = reader.TokenType == JsonTokenType.StartArray;
        while (isList && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || names.Count == MaxRankFields)
            {
                throw FieldConversions.CreateWrongType(Name, $"a list of at most {MaxRankFields} strings");
            }

            names.Add(JsonText.Read(ref reader));
        }

        return isList ? names.Count > 0 ? [.. names] : null : throw FieldConversions.CreateWrongType(Name, "a list of strings");
    }

    /// <summary>Infinity's raw_scores, or vLLM's use_activation. Both are read, so that a wrong one is an error beside a right one.</summary>
    private static bool WantsLogits(JsonFields fields)
    {
        var (raw, activation) = (fields.ReadBoolean("raw_scores"), fields.ReadBoolean("use_activation"));
        return raw == true || activation == false;
    }

    /// <summary>Cohere's max_tokens_per_doc, vLLM's truncate_prompt_tokens and side, Voyage's and NIM's switches.</summary>
    private static TruncationOptions ReadTruncation(JsonFields fields, bool allowedByDefault)
    {
        var promptTokens = fields.ReadInteger("truncate_prompt_tokens");
        if (promptTokens is < -1 or 0)
        {
            throw FieldConversions.CreateWrongType("truncate_prompt_tokens", "-1 or positive");
        }

        var passageTokens = fields.ReadLimit("max_tokens_per_doc");
        var queryTokens = fields.ReadLimit("max_tokens_per_query");
        var chunks = fields.ReadLimit("max_chunks_per_doc");
        var allowed = fields.ReadBoolean("truncation");
        var (side, direction) = (fields.ReadSide("truncation_side"), fields.ReadSide("truncation_direction"));
        return new TruncationOptions
        {
            // A limit that the request names is a wish to be cut to it.
            Allowed = allowed ?? (allowedByDefault || promptTokens is not null || passageTokens is not null || queryTokens is not null || chunks is not null),
            Strategy = TruncationStrategy.OnlySecond,
            Side = side ?? direction ?? TruncationSide.Right,
            MaxPairTokens = promptTokens > 0 ? promptTokens : null,
            MaxPassageTokens = passageTokens,
            MaxQueryTokens = queryTokens,
        };
    }

    /// <summary>What the request asks for in vain.</summary>
    private static string[] DescribeIgnoredFields(JsonFields fields) =>
        [.. Ignored.Where(fields.Has).Select(static field => $"'{field}' has no effect.")];
}
