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
        () => RerankMessages.ReadCall(request, options.Value),
        (call, reply) => RerankMessages.CreateResponse(request.Id, call, reply));

    public override async Task RerankStream(
        IAsyncStreamReader<RerankRequest> requestStream, IServerStreamWriter<RerankStreamReply> responseStream, ServerCallContext context)
    {
        // A stream is written by one at a time.
        using var turn = new SemaphoreSlim(1);
        await streams.AnswerAsync(requestStream, context, async (request, place) =>
        {
            var reply = await AnswerOneAsync(request, place, context);
            await turn.WaitAsync(context.CancellationToken);
            try
            {
                await responseStream.WriteAsync(reply, context.CancellationToken);
            }
            finally
            {
                turn.Release();
            }
        });
    }

    private async Task<RerankStreamReply> AnswerOneAsync(RerankRequest request, StreamPlace place, ServerCallContext context)
    {
        var (response, error) = await scorer.TryAnswerAsync(
            context,
            new RpcRequest(RpcCall.Find(context), place.Message, time.GetTimestamp(), request.TimeoutMs),
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
