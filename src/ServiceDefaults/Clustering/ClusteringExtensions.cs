using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>Joins a silo or a client to the configured cluster, with the messaging limits that both must share.</summary>
public static class ClusteringExtensions
{
    // Orleans drops a message after the response timeout; it must not be the first to give up.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    // Texts of Limits.MaxRequestCharacters take up to three bytes each in UTF-8.
    private const int MaxMessageBytes = 100 * 1024 * 1024;

    /// <summary>Configures a silo by <c>Reranker:Clustering</c> and <c>Reranker:Cluster</c>.</summary>
    public static ISiloBuilder UseRerankerClustering(this ISiloBuilder silo)
    {
        var (kind, settings) = ClusterSettings.Read(silo.Configuration);
        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (settings.ClusterId, settings.ServiceId));
        silo.Configure<SiloMessagingOptions>(o =>
        {
            o.ResponseTimeout = Limits.MaxDeadline + Slack;
            o.CancelRequestOnTimeout = true;
            o.MaxMessageBodySize = MaxMessageBytes;
        });
        silo.Configure<ConnectionOptions>(Tune);
        silo.Configure<ClusterMembershipOptions>(o =>
        {
            // A dead silo is declared dead within about 6 s instead of 13; attempts and retries bridge the time until then.
            o.ProbeTimeout = TimeSpan.FromSeconds(2);
            o.MaxProbeTimeout = TimeSpan.FromSeconds(6);
        });

        switch (kind)
        {
            case ClusteringKind.InProcess:
                UseInProcess(silo);
                break;
            case ClusteringKind.Localhost:
                silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, settings.PrimarySiloPort));
                silo.ConfigureEndpoints(IPAddress.Loopback, settings.SiloPort, settings.GatewayPort);
                break;
            case ClusteringKind.Redis:
                silo.UseRedisClustering(o => o.ConfigurationOptions = ConfigurationOptions.Parse(settings.ConnectionString!));
                ListenOnAllAddresses(silo, settings);
                break;
            default:
                silo.UseAdoNetClustering(o =>
                {
                    o.Invariant = "Npgsql";
                    o.ConnectionString = new NpgsqlConnectionStringBuilder(settings.ConnectionString).ConnectionString;
                });
                ListenOnAllAddresses(silo, settings);
                break;
        }

        return silo;
    }

    /// <summary>Configures a client by <c>Reranker:Clustering</c> and <c>Reranker:Cluster</c>.</summary>
    /// <exception cref="InvalidOperationException">The clustering is in process: there the silo's own client is to be used.</exception>
    public static IClientBuilder UseRerankerClustering(this IClientBuilder client)
    {
        var (kind, settings) = ClusterSettings.Read(client.Configuration);
        client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (settings.ClusterId, settings.ServiceId));
        client.Configure<ClientMessagingOptions>(o =>
        {
            o.ResponseTimeout = Limits.MaxDeadline + Slack;
            o.CancelRequestOnTimeout = true;
            o.MaxMessageBodySize = MaxMessageBytes;
        });
        client.Configure<ConnectionOptions>(Tune);
        client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(10));

        switch (kind)
        {
            case ClusteringKind.InProcess:
                throw new InvalidOperationException(
                    $"{ClusterSettings.KindKey} is {kind}: there is no gateway to connect to. Use the silo's own client, or another clustering.");
            case ClusteringKind.Localhost:
                int[] ports = settings.GatewayPorts.Length > 0 ? settings.GatewayPorts : [settings.GatewayPort];
                client.UseStaticClustering([.. ports.Select(p => new IPEndPoint(IPAddress.Loopback, p))]);
                break;
            case ClusteringKind.Redis:
                client.UseRedisClustering(o => o.ConfigurationOptions = ConfigurationOptions.Parse(settings.ConnectionString!));
                break;
            default:
                client.UseAdoNetClustering(o =>
                {
                    o.Invariant = "Npgsql";
                    o.ConnectionString = settings.ConnectionString;
                });
                break;
        }

        return client;
    }

    private static void UseInProcess(ISiloBuilder silo)
    {
        var reserved = LoopbackPort.Take();

        // Registered through a factory, so that the container releases the port when the host is disposed.
        silo.Services.AddSingleton(_ => reserved);
        silo.Configure<EndpointOptions>(o =>
        {
            o.AdvertisedIPAddress = IPAddress.Loopback;
            o.SiloPort = reserved.Port;
            o.GatewayPort = 0;
            o.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, reserved.Port);
        });
        silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, reserved.Port));
    }

    private static void ListenOnAllAddresses(ISiloBuilder silo, ClusterSettings settings)
    {
        if (settings.AdvertisedAddress is { } address)
        {
            silo.ConfigureEndpoints(IPAddress.Parse(address), settings.SiloPort, settings.GatewayPort, listenOnAnyHostAddress: true);
        }
        else
        {
            silo.ConfigureEndpoints(settings.SiloPort, settings.GatewayPort, listenOnAnyHostAddress: true);
        }
    }

    // One connection carries probes and megabytes alike; with several, a large message holds up less.
    private static void Tune(ConnectionOptions options) => options.ConnectionsPerEndpoint = 2;
}
