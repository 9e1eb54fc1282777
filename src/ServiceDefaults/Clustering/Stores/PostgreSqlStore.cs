using Npgsql;

namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>Membership in PostgreSQL: creates the tables where they are missing, or looks for them.</summary>
internal sealed class PostgreSqlStore(string connectionString, bool createTables) : IMembershipStore
{
    private const string Script = "Reranker.ServiceDefaults.Clustering.Stores.postgresql.sql";

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = connection.CreateCommand();
        command.CommandText = createTables ? ReadScript() : "SELECT FROM OrleansQuery LIMIT 1";
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string ReadScript()
    {
        using var reader = new StreamReader(typeof(PostgreSqlStore).Assembly.GetManifestResourceStream(Script)!);
        return reader.ReadToEnd();
    }
}
