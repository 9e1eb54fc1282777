using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Reranker.Gateway.Configuration;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.Gateway.Hosting;

/// <summary>
/// The address at which gRPC is served without TLS. It is one of its own: without TLS nothing tells a server which HTTP a connection
/// speaks, so that a port speaks one of them.
/// </summary>
internal static class GrpcListener
{
    private const string UrlKey = $"{GrpcOptions.Section}:{nameof(GrpcOptions.Url)}";

    /// <summary>Has the check of all addresses look at this one too.</summary>
    public static void AddGrpcAddress(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[UrlKey] is { Length: > 0 } url)
        {
            services.AddSingleton(new ListenAddress(UrlKey, url, HasCertificate: false));
        }
    }

    /// <summary>Makes the address one of the server's, beside those that are configured for HTTP.</summary>
    public static void UseGrpcAddress(this WebApplication app, GrpcOptions options)
    {
        if (options.Url is not { } url)
        {
            return;
        }

        // The server takes the configured ones only while nobody has named any.
        if (app.Urls.Count == 0)
        {
            foreach (var address in ListenAddress.Read(app.Configuration))
            {
                app.Urls.Add(address.Url);
            }
        }

        app.Urls.Add(url);
    }

    /// <summary>Has the address speak HTTP/2 from the first byte.</summary>
    public static void SetProtocol(KestrelServerOptions kestrel, GrpcOptions options)
    {
        if (options.Url is not { } url)
        {
            return;
        }

        var address = BindingAddress.Parse(url);
        kestrel.ConfigureEndpointDefaults(listen =>
        {
            if (listen.EndPoint is IPEndPoint at && IsSame(address, at))
            {
                listen.Protocols = HttpProtocols.Http2;
            }
        });
    }

    private static bool IsSame(BindingAddress address, IPEndPoint at) =>
        at.Port == address.Port && (!IPAddress.TryParse(address.Host.Trim('[', ']'), out var host) || host.Equals(at.Address));
}
