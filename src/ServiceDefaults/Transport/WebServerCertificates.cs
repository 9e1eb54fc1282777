using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reranker.Certificates;
using Reranker.ServiceDefaults.Logging;

namespace Reranker.ServiceDefaults.Transport;

/// <summary>
/// Has the web server take certificates as they are now, and say whom it refused. Of its own it would bind an endpoint anew when its
/// certificate changes, and refuse connections while it does. Endpoints are read at the start, as all settings are.
/// </summary>
internal sealed partial class WebServerCertificates(
    IConfiguration configuration, IOptions<HttpsSettings> settings, TimeProvider time, ILogger<WebServerCertificates> logger) : IConfigureOptions<KestrelServerOptions>
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
                https.ClientCertificateValidation = (certificate, chain, _) => CheckCaller(authorities.GetCurrent(), certificate, chain);
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

    private bool CheckCaller(TrustedAuthorities authorities, X509Certificate2 certificate, X509Chain? chain)
    {
        var refusal = authorities.FindDistrust(certificate, chain?.ChainPolicy.ExtraStore, TrustedAuthorities.ClientPurpose);
        if (refusal is not null)
        {
            LogCallerRefused(certificate.Subject, certificate.Issuer, refusal);
        }

        return refusal is null;
    }

    [LoggerMessage(ServiceEventIds.CallerRefused, LogLevel.Warning, "A caller was refused over HTTPS: its certificate {Subject}, issued by {Issuer}, {Reason}")]
    private partial void LogCallerRefused(string subject, string issuer, string reason);
}
