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

    /// <summary>Reads a call.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="options">The gateway's options.</param>
    /// <param name="allowObjects">Whether a document may be an object, and the query too.</param>
    /// <param name="repeatsObjects">Whether objects come back whole instead of as their text.</param>
    /// <param name="returnsDocuments">Whether documents come back where the body does not say.</param>
    public static RerankCall ReadCall(
        JsonFields fields, GatewayOptions options, bool allowObjects = true, bool repeatsObjects = true, bool returnsDocuments = false)
    {
        var returnDocuments = fields.ReadBoolean("return_documents") ?? returnsDocuments;
        List<byte[]?>? objects = allowObjects && repeatsObjects && returnDocuments ? [] : null;
        return new RerankCall
        {
            Query = fields.ReadQuery(allowObjects),
            Passages = fields.ReadPassages(Passages, allowObjects ? ReadRankFields(fields) : null, allowObjects, options.MaxPassages, objects: objects),
            Objects = objects?.Exists(static json => json is not null) == true ? [.. objects] : null,
            Model = fields.ReadText("model"),
            Top = ReadTop(fields),
            ReturnTexts = returnDocuments,
            ReturnTokens = fields.ReadBoolean("return_tokens") ?? false,
            RawScores = fields.WantsLogits(),
            Truncation = ReadTruncation(fields, options.AutoTruncate),
            MaxChunks = fields.ReadLimit("max_chunks_per_doc"),
            ChunkOverlap = fields.ReadNonNegative("overlap_tokens"),
            ChunkAtSentences = fields.ReadBoolean("chunk_at_sentences"),
            Warnings = Array.ConvertAll(fields.FindInstructions(), static field => $"'{field}' has no effect."),
        };
    }

    /// <summary>Cohere's top_n, or Voyage's top_k. Both are read, so that a wrong one is an error beside a right one.</summary>
    private static int? ReadTop(JsonFields fields)
    {
        var (top, voyage) = (fields.ReadLimit("top_n"), fields.ReadLimit("top_k"));
        return top ?? voyage;
    }

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

    /// <summary>Cohere's max_tokens_per_doc, vLLM's truncate_prompt_tokens and side, Voyage's and NIM's switches.</summary>
    public static TruncationOptions ReadTruncation(JsonFields fields, bool allowedByDefault)
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
}
