using Microsoft.Extensions.DependencyInjection;
using Reranker.ServiceDefaults.Certificates;
using Reranker.ServiceDefaults.Clustering.Settings;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>Watches the certificate that a process shows in its cluster.</summary>
public static class ClusterCertificateExtensions
{
    /// <summary>Has the process report when it ends, and when new files of it do not work; nothing where there is none.</summary>
    public static IServiceCollection WatchClusterCertificate(this IServiceCollection services, ClusterSettings settings)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Tls.IsOn)
        {
            services.WatchCertificate(CertificateUse.Cluster, settings.Tls.CreateLocation());
        }

        return services;
    }
}
