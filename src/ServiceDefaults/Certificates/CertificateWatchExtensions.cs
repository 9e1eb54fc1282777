using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Reranker.Certificates;

namespace Reranker.ServiceDefaults.Certificates;

/// <summary>Registers certificates to be watched.</summary>
internal static class CertificateWatchExtensions
{
    /// <summary>Has the process report when a certificate ends, and when new files do not work. A second time for the same file changes nothing.</summary>
    public static void WatchCertificate(this IServiceCollection services, CertificateUse use, CertificateLocation location)
    {
        if (services.Any(s => s.ImplementationInstance is WatchedCertificate known && known.Use == use && known.Location.CertificatePath == location.CertificatePath))
        {
            return;
        }

        services.AddSingleton(new WatchedCertificate(use, location));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, CertificateWatch>());
    }
}
