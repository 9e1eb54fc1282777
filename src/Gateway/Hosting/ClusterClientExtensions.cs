using System.Net;
using Microsoft.Extensions.Options;
using Reranker.Client.Connection;
using Reranker.Client.Hosting;
using Reranker.Gateway.Configuration;
using Reranker.ServiceDefaults.Clustering;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Configuration;
using Reranker.ServiceDefaults.Telemetry;

namespace Reranker.Gateway.Hosting;

/// <summary>Connects a gateway to the configured cluster.</summary>
public static class ClusterClientExtensions
{
    /// <summary>
    /// Adds the connection of <c>Reranker:Clustering</c> and <c>Reranker:Cluster</c>. The host starts at once and connects
    /// beside it: a process that is up before its cluster answers its probes and refuses requests, instead of hanging or ending.
    /// </summary>
    /// <exception cref="SettingsException">The settings do not work (files of certificates among them), or the clustering is in process, where the silo's own client is to be used.</exception>
    public static IHostApplicationBuilder UseRerankerClusterClient(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var (kind, settings) = ClusterSettings.ReadSettings(builder.Configuration);
        var connection = kind switch
        {
            ClusteringKind.Localhost => ClusterConnection.FromGateways(
                [.. FindPorts(settings).Select(static port => new IPEndPoint(IPAddress.Loopback, port))]),
            ClusteringKind.Redis => ClusterConnection.FromRedis(settings.ConnectionString!),
            ClusteringKind.PostgreSql => ClusterConnection.FromPostgreSql(settings.ConnectionString!),
            _ => throw new SettingsException(
                [$"{ClusterSettings.KindKey} is {kind}, in which a gateway of its own has no cluster to connect to; it must be Localhost, Redis or PostgreSql."]),
        };
        connection = connection with { ClusterId = settings.ClusterId, ServiceId = settings.ServiceId };
        if (settings.Tls.IsOn)
        {
            connection = connection.WithTls(new ClusterTls
            {
                CertificatePath = settings.Tls.CertificatePath!,
                KeyPath = settings.Tls.KeyPath,
                Password = settings.Tls.Password,
                CaPath = settings.Tls.CaPath!,
                SiloName = settings.Tls.SiloName,
            });
            builder.Services.WatchClusterCertificate(settings);
        }

        if (settings.AdminSecret is { } secret)
        {
            connection = connection.WithAdminSecret(secret);
        }
        else
        {
            builder.Services.AddSingleton<IValidateOptions<GatewayOptions>, AdminSecretRequired>();
        }

        builder.Services.AddMembershipStoreCheck(kind, settings);
        builder.Services.AddRerankerClusterConnection(connection, static client => client.AddRerankerTracing());
        return builder;
    }

    /// <summary>Silos would refuse every command that came over the admin paths.</summary>
    private sealed class AdminSecretRequired : IValidateOptions<GatewayOptions>
    {
        public ValidateOptionsResult Validate(string? name, GatewayOptions options) => options.AdminKey is null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{GatewayOptions.Section}:AdminKey opens the admin paths, which need {ClusterSettings.Section}:{nameof(ClusterSettings.AdminSecret)} too: "
                + "silos take commands only from whoever shows it.");
    }

    private static int[] FindPorts(ClusterSettings settings) =>
        settings.GatewayPorts.Length > 0 ? settings.GatewayPorts : [settings.GatewayPort];
}
