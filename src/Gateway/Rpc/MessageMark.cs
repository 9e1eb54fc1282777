using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Reranker.Gateway.Rpc;

/// <summary>
/// Marks the moment from which errors are those of a service, and no longer of a message that could not be read. A service that reads a
/// stream is given <see cref="CheckedMessages{T}"/>.
/// </summary>
internal sealed class MessageMark : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        RpcCall.Find(context).IsMessageRead = true;
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        RpcCall.Find(context).IsMessageRead = true;
        return continuation(request, responseStream, context);
    }

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(CheckStream(requestStream, context), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        => continuation(CheckStream(requestStream, context), responseStream, context);

    private static CheckedMessages<TRequest> CheckStream<TRequest>(IAsyncStreamReader<TRequest> messages, ServerCallContext context)
    {
        var call = RpcCall.Find(context);
        call.IsMessageRead = true;
        return new CheckedMessages<TRequest>(messages, call.Contract);
    }
}
