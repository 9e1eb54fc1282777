using Npgsql;

namespace Reranker.Client.Connection;

/// <summary>Clusters whose membership is in PostgreSQL.</summary>
public static class PostgreSqlConnection
{
    extension(ClusterConnection)
    {
        /// <summary>Finds the silos in the membership tables of a PostgreSQL server, which the silos create.</summary>
        /// <param name="connectionString">As Npgsql reads it, for example <c>Host=db;Database=reranker;Username=…;Password=…</c>.</param>
        /// <exception cref="ArgumentException">The string is empty or malformed.</exception>
        public static ClusterConnection FromPostgreSql(string connectionString)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
            var checkedString = new NpgsqlConnectionStringBuilder(connectionString).ConnectionString;
            return ClusterConnection.FromClustering(
                client => client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", checkedString)));
        }
    }
}
