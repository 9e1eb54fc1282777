namespace Reranker.Certificates;

/// <summary>Where a certificate and its key are. Not a record: a record prints its properties, the password among them.</summary>
internal sealed class CertificateLocation(string certificatePath, string? keyPath, string? password)
{
    /// <summary>PEM, the certificate first and what it was issued by behind it, or a PFX archive.</summary>
    public string CertificatePath { get; } = certificatePath;

    /// <summary>PEM of the key; null where it is in the certificate's own file.</summary>
    public string? KeyPath { get; } = keyPath;

    /// <summary>Opens the archive or the key.</summary>
    public string? Password { get; } = password;
}
