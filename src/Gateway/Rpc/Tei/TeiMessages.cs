using Reranker.Fleet;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Protocols.TeiWire;
using Reranker.Requests;

namespace Reranker.Gateway.Rpc.Tei;

/// <summary>Between the messages of <c>tei.v1</c> and calls. A field <c>truncate</c> that is not set is false, as in that server.</summary>
internal static class TeiMessages
{
    private const string OnlyLabel = "LABEL_0";
    private const int NanosecondsPerMicrosecond = 1000;

    public static RerankCall ReadCall(Protocols.TeiWire.RerankRequest request, GatewayOptions options) => new()
    {
        Query = RpcTexts.CheckQuery(request.Query, "query"),
        Passages = RpcTexts.CheckPassages(request.Texts, "texts", options),
        ReturnTexts = request.ReturnText,
        RawScores = request.RawScores,
        Truncation = CreateTruncation(request.Truncate, request.TruncationDirection, options),
        ChunkAtSentences = options.ChunkAtSentences,
    };

    /// <summary>One call of all texts of a stream, each of which has its query.</summary>
    public static RerankCall ReadCall(IReadOnlyList<RerankStreamRequest> requests, GatewayOptions options)
    {
        RpcTexts.CheckCount(requests.Count, "text", options);
        var first = requests[0];
        if (requests.Any(request => request.Truncate != first.Truncate || request.TruncationDirection != first.TruncationDirection))
        {
            throw new RequestFormatException(
                GatewayError.CreateInvalid("'truncate' and 'truncation_direction' must be the same in all messages of a stream.", "truncate"));
        }

        string[] queries = [.. requests.Select(static request => RpcTexts.CheckQuery(request.Query, "query"))];
        return new RerankCall
        {
            Query = queries[0],
            Queries = RerankCall.FindDifferent(queries),
            Passages = [.. requests.Select(static request => request.Text)],
            ReturnTexts = first.ReturnText,
            RawScores = first.RawScores,
            Truncation = CreateTruncation(first.Truncate, first.TruncationDirection, options),
            ChunkAtSentences = options.ChunkAtSentences,
        };
    }

    public static RerankCall ReadCall(PredictPairRequest request, GatewayOptions options) => request.Inputs.Count == 2
        ? new RerankCall
        {
            Query = RpcTexts.CheckQuery(request.Inputs[0], "inputs"),
            Passages = [request.Inputs[1]],
            RawScores = request.RawScores,
            Truncation = CreateTruncation(request.Truncate, request.TruncationDirection, options),
            ChunkAtSentences = options.ChunkAtSentences,
        }
        : throw new RequestFormatException(
            GatewayError.CreateInvalid("'inputs' must have two texts: a cross-encoder has no score for one alone.", "inputs"));

    public static Protocols.TeiWire.RerankResponse CreateRanking(RerankCall call, RankedReply reply)
    {
        var response = new Protocols.TeiWire.RerankResponse { Metadata = CreateMetadata(call, reply) };
        foreach (var entry in reply.Ranking)
        {
            var rank = new Rank { Index = (uint)entry.Index, Score = call.RawScores ? entry.Logit : (float)entry.Score };
            if (call.ReturnTexts)
            {
                rank.Text = call.Passages[entry.Index];
            }

            response.Ranks.Add(rank);
        }

        return response;
    }

    public static PredictResponse CreatePrediction(RerankCall call, RankedReply reply)
    {
        var entry = reply.Result.Passages[0];
        var score = call.RawScores ? entry.Logit : (float)entry.Score;
        return new PredictResponse { Metadata = CreateMetadata(call, reply), Predictions = { new Prediction { Score = score, Label = OnlyLabel } } };
    }

    public static InfoResponse CreateInfo(FleetInfo fleet, GatewayOptions options, string version)
    {
        var model = fleet.Models[0];
        return new InfoResponse
        {
            Version = version,
            ModelId = model.Name,
            ModelSha = model.Identity,
            ModelDtype = model.Precision switch { "fp16" => "float16", "fp32" => "float32", var other => other },
            ModelType = ModelType.Reranker,
            MaxConcurrentRequests = (uint)options.MaxConcurrentRequests,
            MaxInputLength = (uint)model.MaxPairTokens,
            MaxBatchTokens = (uint)fleet.Workers.Select(static worker => worker.MaxBatchTokens).DefaultIfEmpty(0).Max(),
            MaxClientBatchSize = (uint)options.MaxPassages,
            TokenizationWorkers = (uint)fleet.Workers.Length,
        };
    }

    private static Metadata CreateMetadata(RerankCall call, RankedReply reply)
    {
        var timings = reply.Result.Timings;
        return new Metadata
        {
            ComputeChars = (uint)Math.Min(call.PairCharacters, uint.MaxValue),
            ComputeTokens = (uint)Math.Min(reply.Result.Usage.Tokens, uint.MaxValue),
            TotalTimeNs = (ulong)reply.Elapsed.TotalNanoseconds,
            TokenizationTimeNs = (ulong)timings.TokenizationMicroseconds * NanosecondsPerMicrosecond,
            QueueTimeNs = (ulong)timings.QueueMicroseconds * NanosecondsPerMicrosecond,
            InferenceTimeNs = (ulong)timings.InferenceMicroseconds * NanosecondsPerMicrosecond,
        };
    }

    private static TruncationOptions CreateTruncation(bool allowed, TruncationDirection direction, GatewayOptions options) => new()
    {
        Allowed = allowed,
        Strategy = TruncationStrategy.LongestFirst,
        Side = direction switch
        {
            TruncationDirection.Right => TruncationSide.Right,
            TruncationDirection.Left => TruncationSide.Left,
            _ => throw new RequestFormatException(
                GatewayError.CreateInvalid("'truncation_direction' has a value that is not known here.", "truncation_direction")),
        },
        MaxChunks = options.MaxChunks,
        ChunkOverlap = options.ChunkOverlap,
    };
}
