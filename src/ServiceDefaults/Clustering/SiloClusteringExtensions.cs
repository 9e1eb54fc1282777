using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Clustering.Stores;
using Reranker.ServiceDefaults.Configuration;
using StackExchange.Redis;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>Joins a silo to the configured cluster.</summary>
public static class SiloClusteringExtensions
{
    /// <summary>Configures a silo by <c>Reranker:Clustering</c> and <c>Reranker:Cluster</c>.</summary>
    public static ISiloBuilder UseRerankerClustering(this ISiloBuilder silo)
    {
        var (kind, settings) = ClusterSettings.ReadSettings(silo.Configuration);
        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (settings.ClusterId, settings.ServiceId));
        silo.Configure<SiloMessagingOptions>(o =>
        {
            o.ResponseTimeout = Limits.ResponseTimeout;
            o.CancelRequestOnTimeout = true;
            o.MaxMessageBodySize = Limits.MaxMessageBytes;
        });
        silo.Configure<ConnectionOptions>(TuneConnections);
        silo.Configure<ClusterMembershipOptions>(MembershipTiming.Apply);

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
                var redis = ConfigurationOptions.Parse(settings.ConnectionString!);
                silo.UseRedisClustering(o => o.ConfigurationOptions = redis);
                silo.WatchMembership(_ => new RedisStore(redis));
                ListenOnAllAddresses(silo, settings);
                break;
            default:
                var postgres = new NpgsqlConnectionStringBuilder(settings.ConnectionString).ConnectionString;
                silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", postgres));
                silo.WatchMembership(_ => new PostgreSqlStore(postgres, settings.CreateTables));
                ListenOnAllAddresses(silo, settings);
                break;
        }

        if (settings.Tls.IsOn)
        {
            silo.UseClusterTls(settings.Tls);
        }

        if (kind != ClusteringKind.InProcess)
        {
            silo.Services.AddSingleton<IStartCheck>(new SiloPortsCheck(kind, settings));
        }

        return silo;
    }

    private static void UseInProcess(ISiloBuilder silo)
    {
        var reserved = LoopbackPort.TakePort();

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
    private static void TuneConnections(ConnectionOptions options) => options.ConnectionsPerEndpoint = 2;
}
