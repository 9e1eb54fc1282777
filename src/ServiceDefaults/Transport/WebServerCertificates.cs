using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Reranker.Certificates;

namespace Reranker.ServiceDefaults.Transport;

/// <summary>
/// Has the web server take certificates as they are now. Of its own it would bind an endpoint anew when its certificate changes, and
/// refuse connections while it does. Endpoints are read at the start, as all settings are.
/// </summary>
internal sealed class WebServerCertificates(IConfiguration configuration, IOptions<HttpsSettings> settings, TimeProvider time) : IConfigureOptions<KestrelServerOptions>
{
    /// <inheritdoc/>
    public void Configure(KestrelServerOptions options)
    {
        var loader = options.Configure(configuration.GetSection(WebServerKeys.Root), reloadOnChange: false);
        var fallback = CreateSelector(WebServerEndpoint.GetDefaultCertificate(configuration));
        options.ConfigureHttpsDefaults(https =>
        {
            https.OnAuthenticate = fallback;
            if (settings.Value.ClientCaPath is { } path)
            {
                var authorities = new ReloadedFiles<TrustedAuthorities>([path], files => CertificateReader.ReadAuthorities(path, files[0]), time);
                https.ClientCertificateValidation = (certificate, chain, _) =>
                    authorities.GetCurrent().Trust(certificate, chain?.ChainPolicy.ExtraStore, TrustedAuthorities.ClientPurpose);
            }
        });

        foreach (var endpoint in WebServerEndpoint.ListEndpoints(configuration).Where(static e => e.ChoosesByName || e.Certificate.Exists()))
        {
            var own = endpoint.ChoosesByName ? null : CreateSelector(endpoint.Certificate);
            loader.Endpoint(endpoint.Section.Key, configured => configured.HttpsOptions.OnAuthenticate = own);
        }
    }

    private Action<ConnectionContext, SslServerAuthenticationOptions>? CreateSelector(IConfigurationSection certificate)
    {
        if (WebServerEndpoint.FindLocation(certificate) is not { } location)
        {
            return null;
        }

        var files = TlsIdentity.CreateReloaded(location, time);
        return (_, ssl) =>
            (ssl.ServerCertificateContext, ssl.ServerCertificate, ssl.ServerCertificateSelectionCallback) = (files.GetCurrent().Context, null, null);
    }
}
