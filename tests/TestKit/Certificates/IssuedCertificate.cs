using System.Security.Cryptography.X509Certificates;

namespace Reranker.TestKit.Certificates;

/// <summary>A certificate with its key, in the forms that operators have them in.</summary>
/// <param name="Pem">The certificate.</param>
/// <param name="KeyPem">The key.</param>
/// <param name="Archive">Both as PFX; its password is <c>archive</c>.</param>
public sealed record IssuedCertificate(string Pem, string KeyPem, byte[] Archive)
{
    /// <summary>The key; its password is <c>password</c>.</summary>
    public required string EncryptedKeyPem { get; init; }

    /// <summary>Tells it from others.</summary>
    public string Thumbprint
    {
        get
        {
            using var certificate = X509Certificate2.CreateFromPem(Pem);
            return certificate.Thumbprint;
        }
    }

    /// <summary>With its key, as a client of .NET shows it.</summary>
    public X509Certificate2 Load() => X509CertificateLoader.LoadPkcs12(Archive, "archive");

    /// <summary>Writes <c>tls.crt</c> and <c>tls.key</c>, as Kubernetes names them; what is there is replaced as a whole.</summary>
    public void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in ((string, string)[])[("tls.key", KeyPem), ("tls.crt", Pem)])
        {
            File.WriteAllText(Path.Combine(folder, name + ".new"), text);
            File.Move(Path.Combine(folder, name + ".new"), Path.Combine(folder, name), overwrite: true);
        }
    }
}
