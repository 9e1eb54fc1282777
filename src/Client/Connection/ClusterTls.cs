namespace Reranker.Client.Connection;

/// <summary>
/// The certificate that this process shows to silos, and the authorities that theirs must come from. The files are read anew when they
/// change: connections that are opened then use the new ones. Not a record: a record prints its properties, the password among them.
/// </summary>
public sealed class ClusterTls
{
    /// <summary>The certificate: PEM, with what it was issued by behind it, or a PFX archive.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>PEM of its key. Default null: the key is in the certificate's file.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Opens the key or the archive. Default null: neither needs it.</summary>
    public string? Password { get; init; }

    /// <summary>PEM of the authorities that certificates of silos come from; while one is replaced, both.</summary>
    public required string CaPath { get; init; }

    /// <summary>DNS name that the certificate of every silo has. Default null: any certificate of the authorities is a silo's.</summary>
    public string? SiloName { get; init; }
}
