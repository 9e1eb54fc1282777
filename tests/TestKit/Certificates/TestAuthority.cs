using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Reranker.TestKit.Certificates;

/// <summary>An authority of a test, which issues what a test needs: right certificates and wrong ones.</summary>
public sealed class TestAuthority : IDisposable
{
    /// <summary>Good for both ends of a connection.</summary>
    public const string Both = "both";

    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "authority of a test")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddYears(-1), TimeProvider.System.GetUtcNow().AddYears(10));
    }

    /// <summary>The root in PEM.</summary>
    public string Pem => _root.ExportCertificatePem();

    /// <summary>Issues a certificate for <c>localhost</c>, 127.0.0.1 and other names.</summary>
    /// <param name="name">Its subject.</param>
    /// <param name="purpose"><see cref="Both"/>, <c>server</c> or <c>client</c>.</param>
    /// <param name="notAfter">Its end; null is in ten days less than a year.</param>
    /// <param name="names">Further DNS names.</param>
    public IssuedCertificate Issue(string name, string purpose = Both, DateTimeOffset? notAfter = null, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName("localhost");
        alternatives.AddIpAddress(System.Net.IPAddress.Loopback);
        Array.ForEach(names, alternatives.AddDnsName);
        request.CertificateExtensions.Add(alternatives.Build());
        var purposes = new OidCollection();
        if (purpose is Both or "server")
        {
            purposes.Add(new Oid(ServerPurpose));
        }

        if (purpose is Both or "client")
        {
            purposes.Add(new Oid(ClientPurpose));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, critical: false));
        using var issued = request.Create(
            _root, TimeProvider.System.GetUtcNow().AddDays(-30), notAfter ?? TimeProvider.System.GetUtcNow().AddDays(355), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return new IssuedCertificate(issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), whole.Export(X509ContentType.Pkcs12, "archive"))
        {
            EncryptedKeyPem = key.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000)),
        };
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}
