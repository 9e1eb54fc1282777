using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Messaging;
using Reranker.Administration;
using Reranker.Certificates;

namespace Reranker.Client.Connection;

/// <summary>Where a client finds the silos of its cluster.</summary>
public sealed record ClusterConnection
{
    private readonly Action<IClientBuilder> _use;

    private ClusterConnection(Action<IClientBuilder> use) => _use = use;

    /// <summary>Name of the cluster; its silos and clients have the same one. Default <c>reranker</c>.</summary>
    public string ClusterId { get; init; } = "reranker";

    /// <summary>Name of the service, which stays the same across deployments. Default <c>reranker</c>.</summary>
    public string ServiceId { get; init; } = "reranker";

    /// <summary>Connects to silos at fixed addresses and gateway ports; silos elsewhere are not found.</summary>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public static ClusterConnection FromGateways(params IReadOnlyList<IPEndPoint> gateways)
    {
        ArgumentNullException.ThrowIfNull(gateways);
        IPEndPoint[] list = [.. gateways];
        return list.Length == 0
            ? throw new ArgumentException("At least one gateway is needed.", nameof(gateways))
            : new(client => client.UseStaticClustering(list));
    }

    /// <summary>
    /// Connects to silos at <c>HOST:PORT</c>, where the port is their gateway port. A name stands for all addresses that it has, such as
    /// those of a headless service, and is resolved anew every few seconds.
    /// </summary>
    /// <exception cref="ArgumentException">The list is empty, or one of them is no <c>HOST:PORT</c>.</exception>
    public static ClusterConnection FromHosts(params IReadOnlyList<string> hosts)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        DnsEndPoint[] list = [.. hosts.Select(ParseHost)];
        return list.Length == 0
            ? throw new ArgumentException("At least one host is needed.", nameof(hosts))
            : new(client => client.Services.AddSingleton<IGatewayListProvider>(
                s => ActivatorUtilities.CreateInstance<HostGateways>(s, list, (Func<string, CancellationToken, Task<IPAddress[]>>)Dns.GetHostAddressesAsync)));
    }

    /// <summary>Finds the silos by any clustering of Orleans.</summary>
    /// <param name="use">Adds the clustering, such as <c>UseRedisClustering</c>.</param>
    public static ClusterConnection FromClustering(Action<IClientBuilder> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return new(use);
    }

    /// <summary>Not public: a record prints its public properties.</summary>
    internal string? AdminSecret { get; init; }

    /// <summary>Not public, as above.</summary>
    internal TlsIdentity? Identity { get; init; }

    /// <summary>This connection over mutual TLS, which silos demand when <c>Reranker:Cluster:Tls</c> is set there.</summary>
    /// <exception cref="IOException">A file is missing or holds no certificate with its key.</exception>
    public ClusterConnection WithTls(ClusterTls tls)
    {
        ArgumentNullException.ThrowIfNull(tls);
        var identity = new TlsIdentity(new CertificateLocation(tls.CertificatePath, tls.KeyPath, tls.Password), tls.CaPath, tls.SiloName, TimeProvider.System);
        identity.ReadAll();
        return this with { Identity = identity };
    }

    /// <summary>This connection with the cluster's admin secret, which silos demand of callers of <see cref="IModelAdmin"/>. Scoring needs none.</summary>
    /// <exception cref="ArgumentException">The secret is shorter than <see cref="AdminCredential.MinLength"/> characters.</exception>
    public ClusterConnection WithAdminSecret(string secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secret);
        return secret.Length < AdminCredential.MinLength
            ? throw new ArgumentException($"An admin secret has at least {AdminCredential.MinLength} characters.", nameof(secret))
            : this with { AdminSecret = secret };
    }

    internal void ConfigureClient(IClientBuilder client)
    {
        client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (ClusterId, ServiceId));
        if (AdminSecret is { } secret)
        {
            client.AddOutgoingGrainCallFilter(new ModelAdminSecretFilter(secret));
        }

        if (Identity is { } identity)
        {
            client.UseClusterTls(identity);
        }

        _use(client);
    }

    // Brackets are of IPv6 addresses.
    private static DnsEndPoint ParseHost(string host)
    {
        var colon = host.LastIndexOf(':');
        var name = colon > 0 ? host[..colon].Trim('[', ']') : "";
        return name.Length > 0
            && Uri.CheckHostName(name) != UriHostNameType.Unknown
            && (host[0] == '[' || !name.Contains(':', StringComparison.Ordinal))
            && ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? new DnsEndPoint(name, port)
            : throw new ArgumentException($"'{host}' is no HOST:PORT, such as silos.example:30000.", nameof(host));
    }
}
