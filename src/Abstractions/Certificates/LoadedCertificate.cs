using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Reranker.Certificates;

/// <summary>A certificate with its key, and the chain that is sent with it.</summary>
internal sealed record LoadedCertificate(X509Certificate2 Leaf, SslStreamCertificateContext Context)
{
    /// <summary>The end of its validity.</summary>
    public DateTimeOffset NotAfter => Leaf.NotAfter;
}
