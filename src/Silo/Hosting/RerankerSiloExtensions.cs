using Microsoft.Extensions.Options;
using Reranker.Grains.Caching;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Hosting;
using Reranker.Grains.Models;
using Reranker.Grains.Requests;
using Reranker.ServiceDefaults.Clustering;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Telemetry;
using Reranker.Silo.Health;
using Reranker.Silo.Models;

namespace Reranker.Silo.Hosting;

/// <summary>Composes a silo of the reranker in any host.</summary>
public static class RerankerSiloExtensions
{
    /// <summary>
    /// Adds a silo with the models of <c>Reranker:Models</c>, joined by <c>Reranker:Clustering</c>. The host gets an
    /// <see cref="IClusterClient"/> of its own silo.
    /// </summary>
    public static IHostApplicationBuilder AddRerankerSilo(
        this IHostApplicationBuilder builder, Action<RerankerSiloOptions>? configure = null)
    {
        var services = builder.Services;
        services.AddOptions<RerankerSiloOptions>()
            .BindConfiguration(RerankerSiloOptions.Section)
            .Configure(configure ?? (_ => { }))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<RerankerSiloOptions>, RerankerSiloOptionsValidator>();
        services.AddOptions<DispatchOptions>().BindConfiguration(RerankerSiloOptions.DispatchSection);
        services.AddOptions<FleetOptions>().BindConfiguration(RerankerSiloOptions.FleetSection);
        services.AddOptions<ScoreCacheOptions>().BindConfiguration(RerankerSiloOptions.ScoreCacheSection);
        services.AddOptions<RequestMemoryOptions>().BindConfiguration(RerankerSiloOptions.RequestMemorySection);
        services.AddOptions<HostOptions>()
            .Configure<IOptions<RerankerSiloOptions>>((host, silo) => host.ShutdownTimeout = silo.Value.ShutdownTimeout);

        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IModelRuntime, ModelRuntime>();
        services.AddSingleton<ModelWorkerHost>();
        services.AddSingleton<IWorkerHost>(s => s.GetRequiredService<ModelWorkerHost>());
        services.AddSingleton<IModelCatalog>(s => s.GetRequiredService<ModelWorkerHost>());
        services.AddSingleton<IModelHost>(s => s.GetRequiredService<ModelWorkerHost>());
        services.AddHealthChecks().AddCheck<SiloReadyCheck>("silo", tags: [HealthTags.Ready]);

        builder.UseOrleans(silo => silo
            .UseRerankerClustering()
            .AddRerankerTracing()
            .AddRerankerGrains());

        // Behind the silo, whose start makes the workers.
        services.AddHostedService<LossWatch>();
        return builder;
    }
}
