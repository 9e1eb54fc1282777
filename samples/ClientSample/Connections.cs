using Reranker.Client.Connection;

namespace ClientSample;

/// <summary>The cluster of this service, from its configuration: <c>Redis</c>, <c>PostgreSql</c> or <c>Gateways</c>, whichever is set.</summary>
internal static class Connections
{
    public static ClusterConnection Read(IConfiguration configuration)
    {
        if (configuration["Redis"] is { Length: > 0 } redis)
        {
            return ClusterConnection.FromRedis(redis);
        }

        if (configuration["PostgreSql"] is { Length: > 0 } postgreSql)
        {
            return ClusterConnection.FromPostgreSql(postgreSql);
        }

        var gateways = configuration["Gateways"] ?? "127.0.0.1:30000";
        return ClusterConnection.FromHosts(gateways.Split(',', StringSplitOptions.TrimEntries));
    }
}
