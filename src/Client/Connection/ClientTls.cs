using System.Net.Security;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Reranker.Certificates;

namespace Reranker.Client.Connection;

/// <summary>Mutual TLS on the connections of an Orleans client.</summary>
internal static class ClientTls
{
    /// <summary>Has every connection shown a certificate, and shows one.</summary>
    public static void UseClusterTls(this IClientBuilder client, TlsIdentity identity)
    {
        var options = CreateOptions(identity);
        client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(connection => connection.UseClientTls(options)));
    }

    private static TlsOptions CreateOptions(TlsIdentity identity) => new()
    {
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,

        // That the other end requires one is its own setting; "require" here would want a certificate that never changes.
        ClientCertificateMode = RemoteCertificateMode.AllowCertificate,
        RemoteCertificateValidation = (certificate, chain, _) => identity.IsSilo(certificate, chain, TrustedAuthorities.ServerPurpose),
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
}
