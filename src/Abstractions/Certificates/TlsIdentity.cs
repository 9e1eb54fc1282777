using System.Security.Cryptography.X509Certificates;

namespace Reranker.Certificates;

/// <summary>
/// Who this process is to others of the cluster, and whom it believes. Both are read anew when their files change: connections that
/// are opened then use the new ones, those that stand go on. Thread-safe.
/// </summary>
internal sealed class TlsIdentity(CertificateLocation location, string authoritiesPath, string? siloName, TimeProvider time)
{
    private readonly ReloadedFiles<LoadedCertificate> _certificate = CreateReloaded(location, time);
    private readonly ReloadedFiles<TrustedAuthorities> _authorities = new(
        [authoritiesPath], files => CertificateReader.ReadAuthorities(authoritiesPath, files[0]), time);

    /// <summary>The name that a client asks for, which silos do not look at.</summary>
    public string TargetName => siloName ?? "reranker-silo";

    /// <summary>A certificate that follows its files.</summary>
    public static ReloadedFiles<LoadedCertificate> CreateReloaded(CertificateLocation location, TimeProvider time) => new(
        location.KeyPath is { } key ? [location.CertificatePath, key] : [location.CertificatePath],
        files => CertificateReader.ReadCertificate(location, files),
        time);

    /// <summary>The certificate of this process.</summary>
    /// <exception cref="IOException">Its files never made sense.</exception>
    public LoadedCertificate GetCertificate() => _certificate.GetCurrent();

    /// <summary>Reads all files, to say at the start what is wrong with them.</summary>
    /// <exception cref="IOException">One of them makes no sense.</exception>
    public void ReadAll()
    {
        _certificate.GetCurrent();
        _authorities.GetCurrent();
    }

    /// <summary>Whether the other end of a connection is a silo of this cluster, by a certificate that it showed for a purpose.</summary>
    public bool IsSilo(X509Certificate2 certificate, X509Chain? sent, string purpose) => FindSiloRefusal(certificate, sent, purpose) is null;

    /// <summary>Why the other end of a connection is no silo of this cluster, as a clause behind its certificate's name; null when it is one.</summary>
    public string? FindSiloRefusal(X509Certificate2 certificate, X509Chain? sent, string purpose) =>
        FindRefusal(certificate, sent, purpose) ?? FindNameFault(certificate);

    /// <summary>Why the other end of a connection is no member of this cluster, client or silo, as a clause behind its certificate's name; null when it is one.</summary>
    public string? FindRefusal(X509Certificate2 certificate, X509Chain? sent, string purpose)
        => _authorities.GetCurrent().FindDistrust(certificate, sent?.ChainPolicy.ExtraStore, purpose);

    /// <summary>Why others would refuse this process, as a sentence without its end; null when they would not.</summary>
    /// <exception cref="IOException">A file makes no sense.</exception>
    public string? FindOwnFault(bool isSilo)
    {
        var own = GetCertificate();
        X509Certificate2Collection issuers = [.. own.Context.IntermediateCertificates];
        string[] purposes = isSilo ? [TrustedAuthorities.ServerPurpose, TrustedAuthorities.ClientPurpose] : [TrustedAuthorities.ClientPurpose];
        var fault = purposes.Select(purpose => _authorities.GetCurrent().FindDistrust(own.Leaf, issuers, purpose)).FirstOrDefault(static f => f is not null)
            ?? (isSilo ? FindNameFault(own.Leaf) : null);
        return fault is null ? null : $"the certificate in {location.CertificatePath} ({own.Leaf.Subject}) {fault}";
    }

    private string? FindNameFault(X509Certificate2 certificate) =>
        siloName is null || certificate.MatchesHostname(siloName, allowWildcards: false, allowCommonName: false)
            ? null
            : $"does not have the DNS name {siloName}, which those of silos have";
}
