using Microsoft.Extensions.Configuration;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Clustering.Settings;

/// <summary>Where the cluster is; configuration section <c>Reranker:Cluster</c>.</summary>
public sealed class ClusterSettings
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Reranker:Cluster";

    /// <summary>Key of the <see cref="ClusteringKind"/>.</summary>
    public const string KindKey = "Reranker:Clustering";

    /// <summary>Silos and clients of one cluster share it. Default <c>reranker</c>.</summary>
    public string ClusterId { get; set; } = "reranker";

    /// <summary>Stays the same across deployments. Default <c>reranker</c>.</summary>
    public string ServiceId { get; set; } = "reranker";

    /// <summary>Port for other silos. Default 11111; not used in process.</summary>
    public int SiloPort { get; set; } = 11_111;

    /// <summary>Port for clients. Default 30000; not used in process.</summary>
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>Localhost only: port of the silo that holds the membership. Default 11111.</summary>
    public int PrimarySiloPort { get; set; } = 11_111;

    /// <summary>Localhost only, for clients: the silos' gateway ports. Default none, which means <see cref="GatewayPort"/>.</summary>
    public int[] GatewayPorts { get; set; } = [];

    /// <summary>Address other silos and clients reach this silo at; null takes the machine's first. Default null. Not used with Localhost.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>Connection string of Redis or PostgreSQL. Required for these two.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>PostgreSQL only: a starting silo creates the tables that are missing. Default true.</summary>
    public bool CreateTables { get; set; } = true;

    /// <summary>
    /// The secret, at least 16 characters and the same in all processes, that silos demand of whoever changes models or manages
    /// the cluster over Orleans. Default null: nobody may, except inside a process whose clustering is in process.
    /// </summary>
    public string? AdminSecret { get; set; }

    /// <summary>Mutual TLS between the processes of the cluster. Default off.</summary>
    public ClusterTlsSettings Tls { get; set; } = new();

    /// <summary>Reads kind and settings; the kind is in process unless configured.</summary>
    /// <exception cref="SettingsException">Settings are missing or could not work.</exception>
    public static (ClusteringKind Kind, ClusterSettings Settings) ReadSettings(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var (choice, settings) = (new ClusteringChoice(), new ClusterSettings());
        var binder = new SettingsBinder(configuration);
        binder.Bind(choice, ClusteringChoice.Section);
        binder.Bind(settings, Section);
        string[] faults = [.. binder.Faults, .. ClusterSettingsValidator.FindFaults(choice.Clustering, settings)];
        return faults.Length == 0 ? (choice.Clustering, settings) : throw new SettingsException(faults);
    }
}
