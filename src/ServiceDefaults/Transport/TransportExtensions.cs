using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Reranker.ServiceDefaults.Certificates;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Transport;

/// <summary>TLS of the web server.</summary>
internal static class TransportExtensions
{
    /// <summary>Adds the checks of what the web server reads itself, and certificates that follow their files.</summary>
    public static void AddRerankerTransport(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRerankerSettings<HttpsSettings>(HttpsSettings.Section);
        services.AddSingleton<IStartCheck, WebServerCheck>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, WebServerCertificates>();

        IConfigurationSection[] certificates =
        [
            WebServerEndpoint.GetDefaultCertificate(builder.Configuration),
            .. WebServerEndpoint.ListEndpoints(builder.Configuration).Where(static e => !e.ChoosesByName).Select(static e => e.Certificate),
        ];
        foreach (var location in certificates.Select(WebServerEndpoint.FindLocation).OfType<Reranker.Certificates.CertificateLocation>())
        {
            services.WatchCertificate(CertificateUse.Http, location);
        }
    }
}
