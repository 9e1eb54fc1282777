using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Reranker.Client.Connection;

/// <summary>Clusters whose membership is in Redis.</summary>
public static class RedisConnection
{
    extension(ClusterConnection)
    {
        /// <summary>Finds the silos in the membership that a Redis server holds.</summary>
        /// <param name="connectionString">As StackExchange.Redis reads it, for example <c>redis:6379,password=…</c>.</param>
        /// <exception cref="ArgumentException">The string is empty or malformed.</exception>
        public static ClusterConnection FromRedis(string connectionString)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
            var options = ConfigurationOptions.Parse(connectionString);
            return ClusterConnection.FromClustering(client => client.UseRedisClustering(o => o.ConfigurationOptions = options));
        }
    }
}
