using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Http;

/// <summary>What the web server keeps of connections.</summary>
internal static class ConnectionLimits
{
    /// <summary>Before a slow connection is found too slow: the server looks at rates once a second, and a network may pause.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // What a connection takes ahead of the body reader. Bodies that are refused are in memory no further than this.
    private const int ReadAhead = 128 * 1024;

    // No path of a gateway is longer than a few hundred characters.
    private const int MaxLine = 8 * 1024;

    /// <summary>Sets the limit of what is read from a socket before anybody wants it.</summary>
    public static void LimitSockets(SocketTransportOptions sockets) => sockets.MaxReadBufferSize = ReadAhead;

    /// <summary>
    /// Takes the least rate from bodies of HTTP/2. The server looks at the rate of all bodies of a connection together and closes it under the
    /// calls that others have on it, as a proxy's callers do: here a body has its time instead.
    /// </summary>
    public static void UseBodyTimesOnSharedConnections(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (HttpProtocol.IsHttp2(context.Request.Protocol) && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        return next(context);
    });

    /// <summary>Sets the limits.</summary>
    public static void LimitServer(KestrelServerOptions kestrel, GatewayOptions options)
    {
        kestrel.AddServerHeader = false;

        // The body reader keeps the limit. A limit of the server's own would close the connection under a client that
        // sends all of its body before it reads the reply.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxRequestBufferSize = ReadAhead;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxHeaderBytes;
        kestrel.Limits.MaxRequestLineSize = Math.Min(options.MaxHeaderBytes, MaxLine);
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = options.MaxHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = options.HeaderTimeout;
        var rate = options.MinBytesPerSecond > 0 ? new MinDataRate(options.MinBytesPerSecond, Grace) : null;
        kestrel.Limits.MinRequestBodyDataRate = rate;
        kestrel.Limits.MinResponseDataRate = rate;
    }

    /// <summary>Takes the least rates away from one request and its reply, as far as the version of HTTP allows.</summary>
    public static void RemoveRates(IFeatureCollection features)
    {
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
        {
            request.MinDataRate = null;
        }

        if (features.Get<IHttpMinResponseDataRateFeature>() is { } response)
        {
            response.MinDataRate = null;
        }
    }
}
