using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reranker.Grains.Administration;
using Reranker.Grains.Caching;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Hosting;
using Reranker.Grains.Models;
using Reranker.Grains.Requests;
using Reranker.Grains.Workers;
using Reranker.Inference.Engines.Selection;
using Reranker.ServiceDefaults.Clustering;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Configuration;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Telemetry;
using Reranker.Silo.Health;
using Reranker.Silo.Models;
using Reranker.Silo.Settings;

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
        services.AddRerankerSettings<RerankerSiloOptions>(RerankerSiloOptions.Section).Configure(configure ?? (_ => { }));
        services.AddSingleton<IValidateOptions<RerankerSiloOptions>, RerankerSiloOptionsValidator>();
        services.AddRerankerSettings<DispatchOptions>(RerankerSiloOptions.DispatchSection);
        services.AddRerankerSettings<FleetOptions>(RerankerSiloOptions.FleetSection);
        services.AddRerankerSettings<ScoreCacheOptions>(RerankerSiloOptions.ScoreCacheSection);
        services.AddRerankerSettings<RequestMemoryOptions>(RerankerSiloOptions.RequestMemorySection);
        services.AddSingleton<IStartCheck, ModelFoldersCheck>();
        services.AddOptions<AdminOptions>().Configure(admin => admin.Secret = ReadOrCreateAdminSecret(builder.Configuration));
        services.AddOptions<HostOptions>()
            .Configure<IOptions<RerankerSiloOptions>>((host, silo) => host.ShutdownTimeout = silo.Value.ShutdownTimeout);

        services.AddSingleton(TimeProvider.System);
        services.TryAddSingleton(static s => EngineFactory.CreateDefault(s.GetRequiredService<ILoggerFactory>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IModelRuntime, ModelRuntime>();
        services.AddSingleton<ModelWorkerHost>();
        services.AddSingleton<IWorkerHost>(s => s.GetRequiredService<ModelWorkerHost>());
        services.AddSingleton<IModelCatalog>(s => s.GetRequiredService<ModelWorkerHost>());
        services.AddSingleton<IModelHost>(s => s.GetRequiredService<ModelWorkerHost>());
        services.AddHealthChecks().AddCheck<SiloReadyCheck>("silo", tags: [HealthTags.Ready]);

        // The clustering last: it is read at once, and its settings may be what is wrong.
        builder.AddSiloHost(silo =>
        {
            silo.AddRerankerTracing().AddRerankerGrains().UseRerankerClustering();
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StartStages>();
        });
        services.AddHostedService<LossWatch>();
        return builder;
    }

    // In process there is no port through which somebody else could show a secret, so nobody needs to choose one.
    private static string? ReadOrCreateAdminSecret(IConfiguration configuration)
    {
        var (kind, settings) = ClusterSettings.ReadSettings(configuration);
        return settings.AdminSecret ?? (kind == ClusteringKind.InProcess ? RandomNumberGenerator.GetHexString(64) : null);
    }
}
