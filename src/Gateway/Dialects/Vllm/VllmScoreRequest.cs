using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Vllm;

/// <summary>Reads requests for scores: two sides, each one text or a list, under one of four pairs of names.</summary>
internal static class VllmScoreRequest
{
    private static readonly (string First, string Second)[] Sides =
        [("text_1", "text_2"), ("queries", "documents"), ("queries", "items"), ("data_1", "data_2")];

    /// <summary>Whether both sides are there under any pair of names.</summary>
    public static bool HasSides(JsonFields fields) => Array.Exists(Sides, side => fields.Has(side.First) && fields.Has(side.Second));

    public static RerankCall ReadCall(JsonFields fields, GatewayOptions options)
    {
        fields.RefuseInstructions();
        var (first, second) = FindSides(fields);
        var queries = fields.ReadTextList(first, options.MaxPassages);
        var passages = fields.ReadTextList(second, options.MaxPassages);
        if (queries.Length != 1 && queries.Length != passages.Length)
        {
            throw new RequestFormatException(GatewayError.CreateInvalid(
                $"'{first}' must have one entry, or as many as '{second}'; they have {queries.Length} and {passages.Length}.", first));
        }

        var empty = Array.FindIndex(queries, string.IsNullOrWhiteSpace);
        if (empty >= 0)
        {
            throw new RequestFormatException(GatewayError.CreateInvalid($"'{first}[{empty}]' must not be empty or be only whitespace.", first));
        }

        return new RerankCall
        {
            Query = queries[0],
            Queries = RerankCall.FindDifferent(queries),
            Passages = passages,
            Model = fields.ReadText("model"),
            RawScores = fields.WantsLogits(),
            Truncation = CohereRequest.ReadTruncation(fields, options.AutoTruncate),
            MaxChunks = fields.ReadLimit("max_chunks_per_doc"),
            ChunkOverlap = fields.ReadNonNegative("overlap_tokens"),
            ChunkAtSentences = fields.ReadBoolean("chunk_at_sentences"),
        };
    }

    private static (string First, string Second) FindSides(JsonFields fields)
    {
        var found = Array.FindAll(Sides, side => fields.Has(side.First) && fields.Has(side.Second));
        return found.Length switch
        {
            1 => found[0],
            0 => throw new RequestFormatException(GatewayError.CreateInvalid(
                "'text_1' and 'text_2', or 'queries' and 'documents', are missing.", "text_1")),
            _ => throw new RequestFormatException(GatewayError.CreateInvalid(
                $"'{found[0].Second}' and '{found[1].Second}' are both there; only one may be.", found[1].Second)),
        };
    }
}
