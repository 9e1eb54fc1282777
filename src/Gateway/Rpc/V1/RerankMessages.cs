using Reranker.Client;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Protocols.Wire;
using Reranker.Requests;

namespace Reranker.Gateway.Rpc.V1;

/// <summary>From a message of <c>reranker.v1</c> to a call, and from its ranking to a message.</summary>
internal static class RerankMessages
{
    /// <summary>Reads a call.</summary>
    /// <exception cref="RequestFormatException">A field is wrong.</exception>
    public static RerankCall ReadCall(Protocols.Wire.RerankRequest request, GatewayOptions options) => new()
    {
        Query = RpcTexts.CheckQuery(request.Query, "query"),
        Passages = RpcTexts.CheckPassages(request.Passages, "passages", options),
        Model = request.Model,
        Top = request.TopN is > 0 and <= int.MaxValue and var top ? (int)top : null,
        ReturnTexts = request.ReturnTexts,
        Truncation = ReadTruncation(request.Truncation ?? new Truncation(), options),
        ChunkAtSentences = request.Truncation is { HasChunkAtSentences: true } wishes ? wishes.ChunkAtSentences : options.ChunkAtSentences,
    };

    /// <summary>The reply of a success.</summary>
    public static Protocols.Wire.RerankResponse CreateResponse(string id, RerankCall call, RankedReply reply)
    {
        var result = reply.Result;
        var response = new Protocols.Wire.RerankResponse
        {
            Id = id,
            Model = result.Model,
            ModelIdentity = result.ModelIdentity,
            Usage = new Usage
            {
                Tokens = (ulong)result.Usage.Tokens,
                QueryTokens = (uint)result.Usage.QueryTokens,
                TruncatedQueryTokens = (uint)result.Usage.TruncatedQueryTokens,
                TruncatedPassages = (uint)result.Usage.TruncatedPassages,
                ChunkedPassages = (uint)result.Usage.ChunkedPassages,
            },
            Timings = new Timings
            {
                TotalUs = (ulong)reply.Elapsed.TotalMicroseconds,
                TokenizationUs = (ulong)result.Timings.TokenizationMicroseconds,
                QueueUs = (ulong)result.Timings.QueueMicroseconds,
                InferenceUs = (ulong)result.Timings.InferenceMicroseconds,
            },
        };
        response.Results.AddRange(reply.Ranking.Select(entry => CreatePassage(call, entry)));
        return response;
    }

    /// <summary>Scores that are known before all are.</summary>
    public static PartialScores CreatePartial(RerankPart part)
    {
        var partial = new PartialScores { Generation = (uint)part.Generation, Model = part.Model, ModelIdentity = part.ModelIdentity };
        partial.Results.AddRange(part.Scores.Select(CreatePassage));
        return partial;
    }

    private static RerankedPassage CreatePassage(RerankCall call, PassageScore entry)
    {
        var passage = CreatePassage(entry);
        if (call.ReturnTexts)
        {
            passage.Text = call.Passages[entry.Index];
        }

        return passage;
    }

    private static RerankedPassage CreatePassage(PassageScore entry) => new()
    {
        Index = (uint)entry.Index,
        Score = entry.Score,
        Logit = entry.Logit,
        Tokens = (uint)entry.Tokens,
        TruncatedTokens = (uint)entry.TruncatedTokens,
        Chunks = (uint)entry.Chunks,
    };

    private static TruncationOptions ReadTruncation(Truncation wishes, GatewayOptions options) => new()
    {
        Allowed = wishes.HasAllowed ? wishes.Allowed : options.AutoTruncate,
        Strategy = wishes.Strategy switch
        {
            Protocols.Wire.TruncationStrategy.Unspecified or Protocols.Wire.TruncationStrategy.Passage => Requests.TruncationStrategy.OnlySecond,
            Protocols.Wire.TruncationStrategy.LongestFirst => Requests.TruncationStrategy.LongestFirst,
            _ => throw CreateUnknown("truncation.strategy"),
        },
        Side = wishes.Side switch
        {
            Protocols.Wire.TruncationSide.Unspecified or Protocols.Wire.TruncationSide.Right => Requests.TruncationSide.Right,
            Protocols.Wire.TruncationSide.Left => Requests.TruncationSide.Left,
            _ => throw CreateUnknown("truncation.side"),
        },
        MaxPairTokens = ReadLimit(wishes.MaxPairTokens, "truncation.max_pair_tokens", int.MaxValue),
        MaxPassageTokens = ReadLimit(wishes.MaxPassageTokens, "truncation.max_passage_tokens", int.MaxValue),
        MaxQueryTokens = ReadLimit(wishes.MaxQueryTokens, "truncation.max_query_tokens", int.MaxValue),
        MaxChunks = ReadLimit(wishes.MaxChunks, "truncation.max_chunks", Limits.MaxChunks) ?? options.MaxChunks,
        ChunkOverlap = wishes.HasChunkOverlap ? ReadLimit(wishes.ChunkOverlap, "truncation.chunk_overlap", int.MaxValue) ?? 0 : options.ChunkOverlap,
    };

    private static int? ReadLimit(uint value, string field, int max) => value <= max
        ? value == 0 ? null : (int)value
        : throw new RequestFormatException(GatewayError.CreateInvalid($"'{field}' must be at most {max}.", field));

    private static RequestFormatException CreateUnknown(string field) =>
        new(GatewayError.CreateInvalid($"'{field}' has a value that is not known here.", field));
}
