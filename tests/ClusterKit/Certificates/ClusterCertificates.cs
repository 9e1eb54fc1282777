using System.Security.Cryptography.X509Certificates;
using Reranker.TestKit;
using Reranker.TestKit.Certificates;

namespace Reranker.ClusterKit.Certificates;

/// <summary>
/// Certificates of a whole cluster as Kubernetes mounts them: one for HTTP, one for silos, one for gateways, and the authority
/// of all, which clients of a test trust too.
/// </summary>
public sealed class ClusterCertificates : IDisposable
{
    private readonly TempFolder _temp = new();
    private TestAuthority _authority = new();

    public ClusterCertificates()
    {
        File.WriteAllText(_temp["ca.crt"], _authority.Pem);
        IssueAll();
    }

    /// <summary>The name that the certificates of silos have, and those of gateways have not.</summary>
    public const string SiloName = "silo.reranker.test";

    /// <summary>Settings of a silo, or of a process that is none.</summary>
    public Dictionary<string, string> GetVariables(bool isSilo) => new()
    {
        ["Kestrel__Certificates__Default__Path"] = Path.Combine(_temp["http"], "tls.crt"),
        ["Kestrel__Certificates__Default__KeyPath"] = Path.Combine(_temp["http"], "tls.key"),
        ["Reranker__Cluster__Tls__CertificatePath"] = Path.Combine(_temp[isSilo ? "silo" : "gateway"], "tls.crt"),
        ["Reranker__Cluster__Tls__KeyPath"] = Path.Combine(_temp[isSilo ? "silo" : "gateway"], "tls.key"),
        ["Reranker__Cluster__Tls__CaPath"] = _temp["ca.crt"],
        ["Reranker__Cluster__Tls__SiloName"] = SiloName,
    };

    /// <summary>The certificate that web servers show to new connections.</summary>
    public string HttpThumbprint { get; private set; } = "";

    /// <summary>A client that checks what web servers show; an ordinary one without certificates.</summary>
    public static HttpClient CreateClient(ClusterCertificates? certificates, TimeSpan timeout, Action<string>? seen = null)
    {
        var handler = new SocketsHttpHandler();
        if (certificates is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                var shown = (X509Certificate2)certificate!;
                seen?.Invoke(shown.Thumbprint);
                return certificates.IsTrusted(shown);
            };
        }

        return new HttpClient(handler) { Timeout = timeout };
    }

    /// <summary>Issues new certificates of the same authority.</summary>
    public void IssueAll()
    {
        HttpThumbprint = Replace("http", _authority.Issue("http", "server"));
        Replace("silo", _authority.Issue("silo", names: SiloName));
        Replace("gateway", _authority.Issue("gateway", "client"));
    }

    /// <summary>Has another authority believed beside the one there is, which issues from now on.</summary>
    public void AddAuthority()
    {
        var next = new TestAuthority("next authority of a test");
        WriteAuthorities($"{_authority.Pem}\n{next.Pem}");
        _authority.Dispose();
        _authority = next;
    }

    /// <summary>Has the authority that issues believed alone.</summary>
    public void DropOldAuthority() => WriteAuthorities(_authority.Pem);

    public void Dispose()
    {
        _authority.Dispose();
        _temp.Dispose();
    }

    private string Replace(string use, IssuedCertificate issued)
    {
        issued.WriteTo(_temp[use]);
        return issued.Thumbprint;
    }

    private void WriteAuthorities(string pem)
    {
        File.WriteAllText(_temp["ca.new"], pem);
        File.Move(_temp["ca.new"], _temp["ca.crt"], overwrite: true);
    }

    private bool IsTrusted(X509Certificate2 shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(File.ReadAllText(_temp["ca.crt"]));
        return chain.Build(shown) && shown.MatchesHostname("127.0.0.1");
    }
}
