using Grpc.Core;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Protocols.Wire;

namespace Reranker.Gateway.Rpc.V1;

/// <summary>Our own service, <c>reranker.v1.Rerank</c>.</summary>
internal sealed class RerankService(RpcScorer scorer, RpcStreams streams, IOptions<GatewayOptions> options, TimeProvider time) : Protocols.Wire.Rerank.RerankBase
{
    public override Task<RerankResponse> Rerank(RerankRequest request, ServerCallContext context) => scorer.AnswerAsync(
        context,
        request.TimeoutMs,
        () => request.PartialScores
            ? throw new RequestFormatException(GatewayError.CreateInvalid("'partial_scores' is for RerankStream only.", "partial_scores"))
            : RerankMessages.ReadCall(request, options.Value),
        (call, reply) => RerankMessages.CreateResponse(request.Id, call, reply));

    public override async Task RerankStream(
        IAsyncStreamReader<RerankRequest> requestStream, IServerStreamWriter<RerankStreamReply> responseStream, ServerCallContext context)
    {
        using var writer = new StreamWriter(responseStream, context.CancellationToken);
        await streams.AnswerAsync(requestStream, context, (request, place) => request.PartialScores
            ? AnswerInPartsAsync(request, place, context, writer)
            : AnswerWholeAsync(request, place, context, writer));
    }

    private async Task AnswerWholeAsync(RerankRequest request, StreamPlace place, ServerCallContext context, StreamWriter writer) =>
        await writer.WriteReplyAsync(await CreateReplyAsync(request, place, context, tellPart: null));

    // The parts are written while the request is scored, and it ends in its time however slowly they are taken.
    private async Task AnswerInPartsAsync(RerankRequest request, StreamPlace place, ServerCallContext context, StreamWriter writer)
    {
        await using var writing = new PartWriting(writer, request.Id, place.Sequence);
        var reply = await CreateReplyAsync(request, place, context, writing.AddPart);
        await writing.FinishAsync();
        await writer.WriteReplyAsync(reply);
    }

    private async Task<RerankStreamReply> CreateReplyAsync(
        RerankRequest request, StreamPlace place, ServerCallContext context, Action<Client.RerankPart>? tellPart)
    {
        var (response, error) = await scorer.TryAnswerAsync(
            context,
            new RpcRequest(RpcCall.Find(context), place.Message, time.GetTimestamp(), request.TimeoutMs) { TellPart = tellPart },
            () => RerankMessages.ReadCall(request, options.Value),
            (call, reply) => RerankMessages.CreateResponse(request.Id, call, reply));
        var answer = new RerankStreamReply { Id = request.Id, Sequence = place.Sequence };
        if (response is null)
        {
            answer.Error = CreateError(error!);
        }
        else
        {
            answer.Response = response;
        }

        return answer;
    }

    private static RequestError CreateError(GatewayError error) => new()
    {
        Code = (int)RpcContract.Reranker.FindCode(error.Kind),
        Message = error.Message,
        RetryAfterMs = error.RetryAfter is { } delay ? (uint)Math.Max(1, Math.Ceiling(delay.TotalMilliseconds)) : 0,
    };
}
