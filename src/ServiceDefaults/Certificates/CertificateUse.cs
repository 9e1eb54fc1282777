namespace Reranker.ServiceDefaults.Certificates;

/// <summary>What a certificate of this process is for.</summary>
internal enum CertificateUse
{
    /// <summary>Connections of the cluster.</summary>
    Cluster,

    /// <summary>The web server.</summary>
    Http,
}
