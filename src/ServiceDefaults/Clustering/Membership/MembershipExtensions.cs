using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Reranker.ServiceDefaults.Clustering.Stores;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Startup;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>Puts the watch over a store's membership into a silo.</summary>
internal static class MembershipExtensions
{
    /// <summary>Adds it, over the membership table and the silo's identity that Orleans registered before.</summary>
    public static void WatchMembership(this ISiloBuilder silo, Func<IServiceProvider, IMembershipStore> store)
    {
        var services = silo.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StartProgress>();
        services.TryAddSingleton<MembershipHealth>();
        services.AddSingleton(store);
        services.AddSingleton<MembershipStoreWait>();
        services.AddSingleton<ISiloPreparation, JoinPreparation>();
        services.AddSingleton<ClockWatch>();
        services.AddSingleton<FutureTimes>();
        services.AddSingleton<SiloGeneration>();
        services.AddSingleton<MembershipRestore>();
        services.AddSingleton<DeclaredDeadExit>();
        services.AddHostedService<MembershipWatch>();

        var table = RemoveAndGetFactory<IMembershipTable>(services);
        services.AddSingleton(s => new StoredMembership(table(s)));
        services.AddSingleton<IMembershipTable, WatchedMembershipTable>();
        var details = RemoveAndGetFactory<ILocalSiloDetails>(services);
        services.AddSingleton<ILocalSiloDetails>(s => new LocalSilo(details(s), s.GetRequiredService<SiloGeneration>()));
        var errors = RemoveAndGetFactory<IFatalErrorHandler>(services);
        services.AddSingleton<IFatalErrorHandler>(s => new SiloFatalErrors(errors(s), s.GetRequiredService<DeclaredDeadExit>()));

        var quiet = new ShutdownLogFilter();
        services.AddSingleton(quiet);
        services.AddLogging(quiet.AddLogFilter);
        silo.Configure<ClusterMembershipOptions>(static o =>
        {
            // By the clock of whoever looks, a silo whose own clock is elsewhere has been joining for hours. One that hangs while it
            // joins is found out by the probes.
            o.EvictWhenMaxJoinAttemptTimeExceeded = false;

            // Generations are times too: with the hour of Orleans, a clock that is more than an hour ahead takes newcomers for dead.
            o.SiloGenerationRetirementAge = o.DefunctSiloExpiration;
        });
    }

    private static Func<IServiceProvider, T> RemoveAndGetFactory<T>(IServiceCollection services)
        where T : class
    {
        var service = services.Last(static s => s.ServiceType == typeof(T) && !s.IsKeyedService);
        services.Remove(service);
        if (service.ImplementationFactory is { } factory)
        {
            return s => (T)factory(s);
        }

        services.TryAddSingleton(service.ImplementationType!);
        return s => (T)s.GetRequiredService(service.ImplementationType!);
    }
}
