using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Health;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>Puts a silo into a host that answers its probes while the silo starts.</summary>
public static class SiloHostExtensions
{
    /// <summary>Adds a silo that starts beside the web server; <see cref="StartProgress"/> says when it is an active member.</summary>
    public static IHostApplicationBuilder AddSiloHost(this IHostApplicationBuilder builder, Action<ISiloBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.TryAddSingleton<StartProgress>();
        services.TryAddSingleton<MembershipHealth>();
        builder.UseOrleans(configure);

        // Made only when its preparations are done: a silo takes its address, and its generation with it, when it is made.
        var silo = services.Single(static s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Assembly == typeof(ISiloBuilder).Assembly);
        services.Remove(silo);
        services.AddSingleton<IHostedService>(s => new SiloHost(
            s,
            s.GetRequiredService<StartProgress>(),
            s.GetRequiredService<IOptions<ClusteringChoice>>(),
            s => (IHostedService)ActivatorUtilities.CreateInstance(s, silo.ImplementationType!)));
        return builder;
    }
}
