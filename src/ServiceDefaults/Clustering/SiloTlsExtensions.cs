using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Reranker.Certificates;
using Reranker.ServiceDefaults.Certificates;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Configuration;
using Reranker.ServiceDefaults.Logging;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>Mutual TLS at the ports of a silo.</summary>
internal static partial class SiloTlsExtensions
{
    private const string SiloPort = "silo port";
    private const string GatewayPort = "gateway port";
    private const string Silo = "connection to a silo";

    /// <summary>Lets only holders of a certificate onto both ports of the silo, and has every silo that it calls show one.</summary>
    public static void UseClusterTls(this ISiloBuilder silo, ClusterTlsSettings settings)
    {
        var identity = settings.CreateIdentity(TimeProvider.System);
        silo.Services.WatchCertificate(CertificateUse.Cluster, settings.CreateLocation());
        silo.Services.AddSingleton<IStartCheck>(new ClusterCertificateCheck(settings, isSilo: true));
        silo.Configure<SiloConnectionOptions>(connections =>
        {
            connections.ConfigureSiloInboundConnection(c => c.UseServerTls(
                CreateOptions(identity, Check(c, SiloPort, (certificate, chain) => identity.FindSiloRefusal(certificate, chain, TrustedAuthorities.ClientPurpose)))));
            connections.ConfigureGatewayInboundConnection(c => c.UseServerTls(
                CreateOptions(identity, Check(c, GatewayPort, (certificate, chain) => identity.FindRefusal(certificate, chain, TrustedAuthorities.ClientPurpose)))));
            connections.ConfigureSiloOutboundConnection(c => c.UseClientTls(
                CreateOptions(identity, Check(c, Silo, (certificate, chain) => identity.FindSiloRefusal(certificate, chain, TrustedAuthorities.ServerPurpose)))));
        });
    }

    private static TlsOptions CreateOptions(TlsIdentity identity, RemoteCertificateValidator validate) => new()
    {
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,

        // That the other end requires one is its own setting; "require" here would want a certificate that never changes.
        ClientCertificateMode = RemoteCertificateMode.AllowCertificate,
        RemoteCertificateValidation = validate,
        LocalServerCertificateSelector = (_, _) => identity.GetCertificate().Leaf,
        LocalClientCertificateSelector = (_, _, _, _, _) => identity.GetCertificate().Leaf,

        // With what it was issued by; a resumed session would go on with the certificate of an earlier one.
        OnAuthenticateAsServer = (_, tls) =>
        {
            var ssl = (SslServerAuthenticationOptions)tls.SslServerAuthenticationOptions;
            (ssl.ServerCertificateContext, ssl.ServerCertificateSelectionCallback) = (identity.GetCertificate().Context, null);
            ssl.AllowTlsResume = false;
        },
        OnAuthenticateAsClient = (_, tls) =>
        {
            tls.TargetHost = identity.TargetName;
            var ssl = (SslClientAuthenticationOptions)tls.SslClientAuthenticationOptions;
            (ssl.ClientCertificateContext, ssl.LocalCertificateSelectionCallback) = (identity.GetCertificate().Context, null);
            ssl.AllowTlsResume = false;
        },
    };

    private static RemoteCertificateValidator Check(IConnectionBuilder connection, string where, Func<X509Certificate2, X509Chain?, string?> findRefusal)
    {
        var logger = connection.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SiloTlsExtensions));
        return (certificate, chain, _) =>
        {
            var refusal = findRefusal(certificate, chain);
            if (refusal is not null)
            {
                LogPeerRefused(logger, where, certificate.Subject, certificate.Issuer, refusal);
            }

            return refusal is null;
        };
    }

    [LoggerMessage(ServiceEventIds.PeerRefused, LogLevel.Warning, "A peer was refused ({Where}): its certificate {Subject}, issued by {Issuer}, {Reason}")]
    private static partial void LogPeerRefused(ILogger logger, string where, string subject, string issuer, string reason);
}
