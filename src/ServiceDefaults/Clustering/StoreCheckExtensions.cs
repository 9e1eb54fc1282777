using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Clustering.Stores;
using StackExchange.Redis;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>The check of the membership store at the start of a client.</summary>
public static class StoreCheckExtensions
{
    /// <summary>
    /// Has a store that answers and refuses the settings stop the start. One that does not answer yet stops nothing, and the check
    /// changes nothing there.
    /// </summary>
    public static IServiceCollection AddMembershipStoreCheck(this IServiceCollection services, ClusteringKind kind, ClusterSettings settings)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(settings);
        IMembershipStore? store = kind switch
        {
            ClusteringKind.Redis => new RedisStore(CreateSingleTryOptions(settings.ConnectionString!)),
            ClusteringKind.PostgreSql => new PostgreSqlStore(new NpgsqlConnectionStringBuilder(settings.ConnectionString).ConnectionString, createTables: null),
            _ => null,
        };
        if (store is not null)
        {
            services.TryAddSingleton(TimeProvider.System);
            services.AddSingleton<IHostedService>(s => new MembershipStoreCheck(store, s.GetRequiredService<TimeProvider>()));
        }

        return services;
    }

    // A server that wants a password and gets none lets the client try until its time is over, and only then says why.
    private static ConfigurationOptions CreateSingleTryOptions(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.ConnectTimeout = Math.Min(options.ConnectTimeout, (int)(MembershipStoreCheck.Patience / 2).TotalMilliseconds);
        options.AbortOnConnectFail = true;
        return options;
    }
}
