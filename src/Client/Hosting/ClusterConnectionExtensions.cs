using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Reranker.Client.Connection;

namespace Reranker.Client.Hosting;

/// <summary>Connects a host to a cluster.</summary>
public static class ClusterConnectionExtensions
{
    // How often the silos' list is read anew, and how long one that refused a connection is left alone. A list that cannot be read
    // stays what it was.
    private static readonly TimeSpan ListRefreshPeriod = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Adds <see cref="IReranker"/> and <see cref="IFleetInfo"/> over a connection to a cluster. The host starts at once and
    /// connects beside it, for as long as it takes; until then, and whenever no silo can be reached, requests end with
    /// <see cref="Requests.RerankOutcome.Unavailable"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connection">Where the silos are.</param>
    /// <param name="configure">Changes the defaults.</param>
    public static IServiceCollection AddRerankerClient(
        this IServiceCollection services, ClusterConnection connection, Action<RerankerClientOptions>? configure = null)
        => services.AddRerankerClusterConnection(connection).AddRerankerClient(configure);

    /// <summary>
    /// Adds the connection alone: an Orleans client with the limits that silos have. Until it is connected,
    /// <see cref="IGrainFactory"/> knows no implementation of any grain and throws <see cref="ArgumentException"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connection">Where the silos are.</param>
    /// <param name="configure">Changes the Orleans client further.</param>
    public static IServiceCollection AddRerankerClusterConnection(
        this IServiceCollection services, ClusterConnection connection, Action<IClientBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connection);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ClusterContact>();
        var first = services.Count;
        services.AddOrleansClient(client =>
        {
            connection.ConfigureClient(client);
            client.Configure<ClientMessagingOptions>(static o => o.MaxMessageBodySize = Limits.MaxMessageBytes);
            client.Configure<GatewayOptions>(static o => o.GatewayListRefreshPeriod = ListRefreshPeriod);
            client.UseConnectionRetryFilter<EndlessConnectionRetry>();
            client.Services.AddSingleton<IClusterConnectionStatusObserver>(static s => s.GetRequiredService<ClusterContact>());
            configure?.Invoke(client);
        });

        // While no silo answers, these repeat themselves with a stack every second; the filter above says it once a minute.
        services.AddLogging(static logs => logs
            .AddFilter("Orleans.Runtime.Messaging.ConnectionManager", LogLevel.Error)
            .AddFilter("Orleans.Messaging.GatewayManager", LogLevel.Error));
        StartInBackground(services, first);
        return services;
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
