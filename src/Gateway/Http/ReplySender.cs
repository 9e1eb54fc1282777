using Microsoft.Extensions.Options;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Http;

/// <summary>Sends replies, and breaks off where the caller does not take one in time: its length is announced, so nobody takes the part for the whole.</summary>
internal sealed class ReplySender(IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>Sends a reply that was prepared.</summary>
    /// <exception cref="OperationCanceledException">The caller took too long, and the connection is broken off; or it went away.</exception>
    public async Task SendAsync(HttpContext context, PooledBuffer reply)
    {
        using var timeout = new CancellationTokenSource(options.Value.ReplyTimeout, time);
        using var abort = timeout.Token.UnsafeRegister(static context => ((HttpContext)context!).Abort(), context);
        await ResponseWriter.CopyAsync(reply, context.Response, context.RequestAborted);
    }
}
