using Reranker.Certificates;

namespace Reranker.ServiceDefaults.Certificates;

/// <summary>A certificate whose end somebody should know of.</summary>
internal sealed record WatchedCertificate(CertificateUse Use, CertificateLocation Location);
