using System.Buffers;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Http;

/// <summary>
/// Sends replies, and breaks off where the caller does not take one. The length was sent before, so no caller takes a part for the whole.
/// </summary>
/// <remarks>
/// The server's own least rate counts what the operating system took ahead, megabytes, as taken; a caller that takes nothing would
/// have minutes. Here every piece has its time.
/// </remarks>
internal sealed class ReplySender(IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>Sends a reply that was prepared.</summary>
    /// <exception cref="OperationCanceledException">The caller took too long, and the connection is broken off; or it went away.</exception>
    public Task SendAsync(HttpContext context, PooledBuffer reply) => SendAsync(context, reply.Written, options.Value.MinBytesPerSecond);

    /// <summary>
    /// Sends a part of a reply whose other parts come later. Each has the time of a whole reply, at any rate: a caller that still sends
    /// its body may not have begun to read.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller took too long, and the connection is broken off; or it went away.</exception>
    public Task SendPartAsync(HttpContext context, ReadOnlySequence<byte> part) => SendAsync(context, part, minRate: 0);

    private async Task SendAsync(HttpContext context, ReadOnlySequence<byte> reply, int minRate)
    {
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(options.Value.ReplyTimeout, time);
        using var abort = timeout.Token.UnsafeRegister(static context => ((HttpContext)context!).Abort(), context);
        foreach (var piece in reply)
        {
            if (!timeout.IsCancellationRequested)
            {
                timeout.CancelAfter(FindTimeLimit(piece.Length, minRate, options.Value.ReplyTimeout - time.GetElapsedTime(started)));
            }

            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        }
    }

    private static TimeSpan FindTimeLimit(int bytes, int rate, TimeSpan left)
    {
        var limit = rate > 0 ? ConnectionLimits.Grace + TimeSpan.FromSeconds((double)bytes / rate) : left;
        limit = limit < left ? limit : left;
        return limit > TimeSpan.Zero ? limit : TimeSpan.Zero;
    }
}
