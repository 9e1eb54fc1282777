using Microsoft.Extensions.DependencyInjection;
using Reranker.ServiceDefaults.Certificates;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>Watches the certificate that a client of a cluster shows there.</summary>
public static class ClusterCertificateExtensions
{
    /// <summary>Has the process report when it ends, and when new files of it do not work, and end at the start where silos would refuse it; nothing where there is none.</summary>
    public static IServiceCollection WatchClusterCertificate(this IServiceCollection services, ClusterSettings settings)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Tls.IsOn)
        {
            services.WatchCertificate(CertificateUse.Cluster, settings.Tls.CreateLocation());
            services.AddSingleton<IStartCheck>(new ClusterCertificateCheck(settings.Tls, isSilo: false));
        }

        return services;
    }
}
