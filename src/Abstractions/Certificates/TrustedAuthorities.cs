using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Reranker.Certificates;

/// <summary>The authorities whose certificates are accepted: while one is replaced, the old one and the new one.</summary>
/// <param name="Roots">Where a chain must end.</param>
/// <param name="Intermediates">What may stand between, where a peer does not send it.</param>
internal sealed record TrustedAuthorities(X509Certificate2Collection Roots, X509Certificate2Collection Intermediates)
{
    /// <summary>What a certificate is good for that a server shows.</summary>
    public const string ServerPurpose = "1.3.6.1.5.5.7.3.1";

    /// <summary>What a certificate is good for that a client shows.</summary>
    public const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    /// <summary>Whether a certificate is valid now, is good for a purpose, and comes from one of these authorities.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="sent">What its holder sent with it.</param>
    /// <param name="purpose">What it is shown for.</param>
    public bool Trust(X509Certificate2 certificate, X509Certificate2Collection? sent, string purpose) => FindDistrust(certificate, sent, purpose) is null;

    /// <summary>Why a certificate is not believed, as a clause behind its name; null when it is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="sent">What its holder sent with it.</param>
    /// <param name="purpose">What it is shown for.</param>
    public string? FindDistrust(X509Certificate2 certificate, X509Certificate2Collection? sent, string purpose)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(purpose));
        policy.CustomTrustStore.AddRange(Roots);
        policy.ExtraStore.AddRange(Intermediates);
        if (sent is not null)
        {
            policy.ExtraStore.AddRange(sent);
        }

        return chain.Build(certificate)
            ? null
            : Describe(certificate, chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status), purpose);
    }

    private static string Describe(X509Certificate2 certificate, X509ChainStatusFlags faults, string purpose) =>
        (faults & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0 ? "comes from none of the authorities that are believed"
        : (faults & X509ChainStatusFlags.NotTimeValid) != 0
            ? string.Create(CultureInfo.InvariantCulture, $"or one above it is not valid now; it is from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}")
        : (faults & X509ChainStatusFlags.NotValidForUsage) != 0 ? $"is not for {(purpose == ServerPurpose ? "servers (serverAuth)" : "clients (clientAuth)")}"
        : $"is not believed ({faults})";
}
