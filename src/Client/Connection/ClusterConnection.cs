using System.Net;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using Reranker.Administration;
using StackExchange.Redis;

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

    /// <summary>Finds the silos in the membership that a Redis server holds.</summary>
    /// <param name="connectionString">As StackExchange.Redis reads it, for example <c>redis:6379,password=…</c>.</param>
    /// <exception cref="ArgumentException">The string is empty or malformed.</exception>
    public static ClusterConnection FromRedis(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var options = ConfigurationOptions.Parse(connectionString);
        return new(client => client.UseRedisClustering(o => o.ConfigurationOptions = options));
    }

    /// <summary>Finds the silos in the membership tables of a PostgreSQL server, which the silos create.</summary>
    /// <param name="connectionString">As Npgsql reads it, for example <c>Host=db;Database=reranker;Username=…;Password=…</c>.</param>
    /// <exception cref="ArgumentException">The string is empty or malformed.</exception>
    public static ClusterConnection FromPostgreSql(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var checkedString = new NpgsqlConnectionStringBuilder(connectionString).ConnectionString;
        return new(client => client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", checkedString)));
    }

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

    /// <summary>Not public: a record prints its public properties.</summary>
    internal string? AdminSecret { get; init; }

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

        _use(client);
    }
}
