using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Reranker.ServiceDefaults.Telemetry;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>Puts an Orleans client of the configured cluster into a host.</summary>
public static class ClusterClientExtensions
{
    /// <summary>
    /// Adds the client. The host starts at once and the client connects beside it, for as long as it takes: a process that is
    /// up before its cluster answers its probes and refuses requests, instead of hanging or ending. Until the client is
    /// connected, <see cref="IGrainFactory"/> knows no implementation of any grain and throws <see cref="ArgumentException"/>.
    /// </summary>
    public static IHostApplicationBuilder UseRerankerClusterClient(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        var first = builder.Services.Count;
        builder.UseOrleansClient(static client => client.UseRerankerClustering().AddRerankerTracing());
        StartInBackground(builder.Services, first);
        return builder;
    }

    /// <summary>Wraps the hosted service that Orleans registered: it would hold up the host, Kestrel included, until it is connected.</summary>
    private static void StartInBackground(IServiceCollection services, int first)
    {
        var wrapped = 0;
        for (var i = first; i < services.Count; i++)
        {
            if (services[i] is { ImplementationFactory: { } create } service && service.ServiceType == typeof(IHostedService))
            {
                services[i] = ServiceDescriptor.Singleton<IHostedService>(s => new BackgroundStart((IHostedService)create(s)));
                wrapped++;
            }
        }

        if (wrapped == 0)
        {
            throw new InvalidOperationException("Orleans registered no hosted service for its client, so the start cannot be moved to the background.");
        }
    }
}
