using System.Net.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Reranker.Certificates;
using Reranker.Client.Logging;

namespace Reranker.Client.Connection;

/// <summary>Mutual TLS on the connections of an Orleans client.</summary>
internal static partial class ClientTls
{
    /// <summary>Has every connection shown a certificate, and shows one.</summary>
    public static void UseClusterTls(this IClientBuilder client, TlsIdentity identity)
    {
        client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(connection =>
            connection.UseClientTls(CreateOptions(identity, connection.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ClientTls))))));
    }

    private static TlsOptions CreateOptions(TlsIdentity identity, ILogger logger) => new()
    {
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,

        // That the other end requires one is its own setting; "require" here would want a certificate that never changes.
        ClientCertificateMode = RemoteCertificateMode.AllowCertificate,
        RemoteCertificateValidation = (certificate, chain, _) =>
        {
            var refusal = identity.FindSiloRefusal(certificate, chain, TrustedAuthorities.ServerPurpose);
            if (refusal is not null)
            {
                LogSiloRefused(logger, certificate.Subject, certificate.Issuer, refusal);
            }

            return refusal is null;
        },
        LocalClientCertificateSelector = (_, _, _, _, _) => identity.GetCertificate().Leaf,
        OnAuthenticateAsClient = (_, tls) =>
        {
            tls.TargetHost = identity.TargetName;
            var ssl = (SslClientAuthenticationOptions)tls.SslClientAuthenticationOptions;

            // With what it was issued by; a resumed session would go on with the certificate of an earlier one.
            (ssl.ClientCertificateContext, ssl.LocalCertificateSelectionCallback) = (identity.GetCertificate().Context, null);
            ssl.AllowTlsResume = false;
        },
    };

    [LoggerMessage(ClientEventIds.SiloRefused, LogLevel.Warning, "A silo was refused over TLS: its certificate {Subject}, issued by {Issuer}, {Reason}")]
    private static partial void LogSiloRefused(ILogger logger, string subject, string issuer, string reason);
}
