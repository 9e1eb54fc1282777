using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Reranker.Certificates;

/// <summary>Makes certificates of the bytes of files. What is wrong with them is said in one sentence that names the file.</summary>
internal static class CertificateReader
{
    private const string PemStart = "-----BEGIN ";

    /// <summary>A certificate with its key.</summary>
    /// <param name="location">Where the bytes are from, and the password.</param>
    /// <param name="files">Bytes of the certificate's file and, where there is one, of the key's.</param>
    /// <exception cref="IOException">They are no certificate with a key.</exception>
    public static LoadedCertificate ReadCertificate(CertificateLocation location, IReadOnlyList<byte[]> files)
    {
        var all = IsPem(files[0]) ? ReadPem(location, files) : ReadArchive(location, files[0]);
        var leaf = all.FirstOrDefault(static c => c.HasPrivateKey)
            ?? throw new IOException($"{location.CertificatePath} holds no certificate with its key.");
        X509Certificate2Collection rest = [.. all.Where(c => !ReferenceEquals(c, leaf))];
        return new LoadedCertificate(leaf, SslStreamCertificateContext.Create(leaf, rest, offline: true));
    }

    /// <summary>The authorities of a PEM file.</summary>
    /// <exception cref="IOException">There is none that others could be checked against.</exception>
    public static TrustedAuthorities ReadAuthorities(string path, byte[] file)
    {
        var all = ReadCertificates(path, Encoding.UTF8.GetString(file));
        X509Certificate2Collection roots = [.. all.Where(static c => c.SubjectName.RawData.AsSpan().SequenceEqual(c.IssuerName.RawData))];
        return roots.Count > 0
            ? new TrustedAuthorities(roots, [.. all.Where(c => !roots.Contains(c))])
            : throw new IOException($"{path} holds no root certificate in PEM, which is one that issued itself.");
    }

    private static bool IsPem(byte[] file) => Encoding.ASCII.GetString(file).Contains(PemStart, StringComparison.Ordinal);

    private static X509Certificate2Collection ReadPem(CertificateLocation location, IReadOnlyList<byte[]> files)
    {
        var text = Encoding.UTF8.GetString(files[0]);
        var all = ReadCertificates(location.CertificatePath, text);
        var (keyPath, key) = location.KeyPath is { } path ? (path, Encoding.UTF8.GetString(files[1])) : (location.CertificatePath, text);
        if (all.Count == 0)
        {
            throw new IOException($"{location.CertificatePath} holds no certificate.");
        }

        try
        {
            var leaf = location.Password is { Length: > 0 } password
                ? X509Certificate2.CreateFromEncryptedPem(text, key, password)
                : X509Certificate2.CreateFromPem(text, key);
            all[0].Dispose();
            all[0] = MakeUsable(leaf);
            return all;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new IOException(
                $"{keyPath} holds no key{(location.Password is null ? " that needs no password" : " that the password opens")} and that belongs to the certificate in {location.CertificatePath}.", e);
        }
    }

    private static X509Certificate2Collection ReadCertificates(string path, string text)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPem(text);
            return all;
        }
        catch (CryptographicException e)
        {
            throw new IOException($"{path} holds no certificate in PEM.", e);
        }
    }

    private static X509Certificate2Collection ReadArchive(CertificateLocation location, byte[] file)
    {
        if (location.KeyPath is not null)
        {
            throw new IOException($"{location.CertificatePath} is not in PEM, so the key in {location.KeyPath} does not go with it.");
        }

        try
        {
            return X509CertificateLoader.LoadPkcs12Collection(file, location.Password);
        }
        catch (CryptographicException e)
        {
            throw new IOException($"{location.CertificatePath} is neither PEM nor a PFX archive that the password opens.", e);
        }
    }

    // Windows uses no key in TLS that is in memory alone.
    private static X509Certificate2 MakeUsable(X509Certificate2 leaf)
    {
        if (!OperatingSystem.IsWindows())
        {
            return leaf;
        }

        using (leaf)
        {
            return X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null);
        }
    }
}
