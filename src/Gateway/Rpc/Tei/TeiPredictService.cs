using Grpc.Core;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Protocols.TeiWire;

namespace Reranker.Gateway.Rpc.Tei;

/// <summary>
/// Text Embeddings Inference's <c>tei.v1.Predict</c>, for pairs. One text alone is for models that classify texts, of which there is none.
/// </summary>
internal sealed class TeiPredictService(RpcScorer scorer, RpcStreams streams, IOptions<GatewayOptions> options, TimeProvider time) : Predict.PredictBase
{
    private static readonly GatewayError NoClassifier =
        GatewayError.CreateInvalid("'inputs' must be a pair of texts, as PredictPair takes them: the model is a cross-encoder.", "inputs");

    public override Task<PredictResponse> Predict(PredictRequest request, ServerCallContext context) =>
        throw RpcStatus.CreateException(RpcContract.Tei, NoClassifier);

    public override Task PredictStream(
        IAsyncStreamReader<PredictRequest> requestStream, IServerStreamWriter<PredictResponse> responseStream, ServerCallContext context) =>
        throw RpcStatus.CreateException(RpcContract.Tei, NoClassifier);

    public override Task<PredictResponse> PredictPair(PredictPairRequest request, ServerCallContext context) => scorer.AnswerAsync(
        context, () => TeiMessages.ReadCall(request, options.Value), TeiMessages.CreatePrediction);

    /// <summary>Replies come in the order of the pairs; the first that fails ends the stream, as in that server.</summary>
    public override Task PredictPairStream(
        IAsyncStreamReader<PredictPairRequest> requestStream, IServerStreamWriter<PredictResponse> responseStream, ServerCallContext context) =>
        streams.AnswerAsync(requestStream, context, async (request, place) =>
        {
            var response = await scorer.AnswerWholeAsync(
                context,
                new RpcRequest(RpcCall.Find(context), place.Message, time.GetTimestamp()),
                () => TeiMessages.ReadCall(request, options.Value),
                TeiMessages.CreatePrediction);
            await place.Before;
            await responseStream.WriteAsync(response, context.CancellationToken);
        });
}
