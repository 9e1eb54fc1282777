using Google.Protobuf;
using Grpc.Core;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Rpc;

/// <summary>
/// The messages of a stream. To gRPC bytes that are no message are a service that failed (UNKNOWN), and a frame that is broken off is its
/// own failure (INTERNAL); both are the caller's.
/// </summary>
internal sealed class CheckedMessages<TMessage>(IAsyncStreamReader<TMessage> inner, RpcContract contract) : IAsyncStreamReader<TMessage>
{
    public TMessage Current => inner.Current;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            return await inner.MoveNext(cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidDataException)
        {
            throw RpcStatus.CreateException(contract, GatewayError.CreateBadJson("A message is not one of this method."));
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Internal)
        {
            throw RpcStatus.CreateException(contract, GatewayError.CreateBadJson(exception.Status.Detail));
        }
    }
}
