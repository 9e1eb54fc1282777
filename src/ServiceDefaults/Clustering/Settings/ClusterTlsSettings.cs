using Reranker.Certificates;

namespace Reranker.ServiceDefaults.Clustering.Settings;

/// <summary>
/// Mutual TLS between the processes of a cluster: every one shows a certificate and believes those of the same authorities. Either
/// all of a cluster have it or none. The files are read anew when they change.
/// </summary>
public sealed class ClusterTlsSettings
{
    /// <summary>The certificate: PEM, with what it was issued by behind it, or a PFX archive. Default null: no TLS.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>PEM of its key. Default null: the key is in the certificate's file.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Opens the key or the archive. Default null: neither needs it.</summary>
    public string? Password { get; set; }

    /// <summary>PEM of the authorities that all certificates of the cluster come from; while one is replaced, both. Required beside the certificate.</summary>
    public string? CaPath { get; set; }

    /// <summary>
    /// DNS name that the certificates of silos have, and those of gateways and other clients have not: nobody else is let onto the
    /// silo port, or taken for a silo. Default null: any certificate of the authorities will do.
    /// </summary>
    public string? SiloName { get; set; }

    /// <summary>Whether connections of the cluster use TLS.</summary>
    public bool IsOn => CertificatePath is not null;

    /// <summary>Where the certificate is; call it only when it is set.</summary>
    internal CertificateLocation CreateLocation() => new(CertificatePath!, KeyPath, Password);

    /// <summary>The certificate and the authorities; call it only when both are set.</summary>
    internal TlsIdentity CreateIdentity(TimeProvider time) => new(CreateLocation(), CaPath!, SiloName, time);

    /// <summary>A sentence for each fault, of the files too. None repeats the password.</summary>
    internal IEnumerable<string> FindFaults(string section)
    {
        (string Key, string? Value)[] others = [(nameof(KeyPath), KeyPath), (nameof(Password), Password), (nameof(SiloName), SiloName), (nameof(CaPath), CaPath)];
        if (CertificatePath is null)
        {
            return others.Where(static o => o.Value is not null)
                .Select(o => $"{section}:{o.Key} is set, and {section}:{nameof(CertificatePath)}, which switches TLS on, is not.");
        }

        return CaPath is null
            ? [$"{section}:{nameof(CaPath)} is missing: it says whose certificates are believed beside {nameof(CertificatePath)}."]
            : SiloName is not null && Uri.CheckHostName(SiloName) != UriHostNameType.Dns
                ? [$"{section}:{nameof(SiloName)} is '{SiloName}', which is no DNS name."]
                : FindFileFaults(section);
    }

    private IEnumerable<string> FindFileFaults(string section)
    {
        try
        {
            CreateIdentity(TimeProvider.System).ReadAll();
            return [];
        }
        catch (IOException e)
        {
            return [$"{section} does not work: {e.Message}"];
        }
    }
}
