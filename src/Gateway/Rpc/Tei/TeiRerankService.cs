using Grpc.Core;
using Microsoft.Extensions.Options;
using Reranker.Budgets;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Protocols.TeiWire;

namespace Reranker.Gateway.Rpc.Tei;

/// <summary>Text Embeddings Inference's <c>tei.v1.Rerank</c>.</summary>
internal sealed class TeiRerankService(RpcScorer scorer, RpcStreams streams, IOptions<GatewayOptions> options) : Protocols.TeiWire.Rerank.RerankBase
{
    public override Task<RerankResponse> Rerank(RerankRequest request, ServerCallContext context) => scorer.AnswerAsync(
        context, () => TeiMessages.ReadCall(request, options.Value), TeiMessages.CreateRanking);

    /// <summary>Each message has one text; the ranking of all of them is the reply.</summary>
    public override async Task<RerankResponse> RerankStream(IAsyncStreamReader<RerankStreamRequest> requestStream, ServerCallContext context)
    {
        var call = RpcCall.Find(context);
        List<RerankStreamRequest> texts = [];
        var memory = call.Budget.OpenLease(call.Tenant);
        context.GetHttpContext().Response.RegisterForDispose(memory);
        var bytes = 0L;
        await streams.ReadAsync(requestStream, context, request =>
        {
            bytes += call.Body.TakeConsumed();
            CountMessage(call, memory, bytes, texts.Count);
            texts.Add(request);
            return Task.CompletedTask;
        });
        return await scorer.AnswerWholeAsync(
            context,
            new RpcRequest(call, new RpcMessage(memory, bytes), call.Started),
            () => TeiMessages.ReadCall(texts, options.Value),
            TeiMessages.CreateRanking);
    }

    private void CountMessage(RpcCall call, BudgetLease memory, long bytes, int before)
    {
        if (before == options.Value.MaxPassages)
        {
            throw RpcStatus.CreateException(call.Contract, GatewayError.CreateTooManyPassages("text", before));
        }

        if (bytes > options.Value.MaxBodyBytes)
        {
            throw RpcStatus.CreateException(
                call.Contract, new GatewayError(GatewayErrorKind.BodyTooLarge, $"The stream is larger than {options.Value.MaxBodyBytes} bytes."));
        }

        if (!memory.TryResize(bytes * ByteBudget.BytesPerBodyByte))
        {
            throw RpcStatus.CreateException(call.Contract, GatewayError.CreateNoMemory());
        }
    }
}
