using Npgsql;
using Reranker.ServiceDefaults.Clustering.Settings;

namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>Membership in PostgreSQL.</summary>
/// <param name="connectionString">Where it is.</param>
/// <param name="createTables">Whether to create the tables that are missing, or to look for them; null to ask no more than whether the server admits us.</param>
internal sealed class PostgreSqlStore(string connectionString, bool? createTables) : IMembershipStore
{
    private const string Script = "Reranker.ServiceDefaults.Clustering.Stores.postgresql.sql";

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = connection.CreateCommand();
        command.CommandText = createTables switch
        {
            true => ReadScript(),
            false => "SELECT FROM OrleansQuery LIMIT 1",
            null => "SELECT 1",
        };
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public string? FindSettingFault(Exception exception) => (exception as PostgresException)?.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "its user or password is wrong, or the server does not admit it",
        PostgresErrorCodes.InvalidCatalogName => "there is no such database",
        PostgresErrorCodes.InsufficientPrivilege => "its user may not do what is needed there",
        PostgresErrorCodes.UndefinedTable when createTables == false =>
            $"the tables are missing, and {ClusterSettings.Section}:{nameof(ClusterSettings.CreateTables)} is false",
        _ => null,
    };

    /// <inheritdoc/>
    public async Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT clock_timestamp()";
        return (DateTime)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static string ReadScript()
    {
        using var reader = new StreamReader(typeof(PostgreSqlStore).Assembly.GetManifestResourceStream(Script)!);
        return reader.ReadToEnd();
    }
}
