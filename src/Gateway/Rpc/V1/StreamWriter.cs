using Grpc.Core;
using Reranker.Protocols.Wire;

namespace Reranker.Gateway.Rpc.V1;

/// <summary>Writes the replies of a stream, one at a time: gRPC allows no more.</summary>
internal sealed class StreamWriter(IServerStreamWriter<RerankStreamReply> stream, CancellationToken cancellationToken) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Writes a reply when those before it were taken.</summary>
    public async Task WriteReplyAsync(RerankStreamReply reply)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(reply, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
