using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reranker.Client.Attempts;
using Reranker.Client.Connection;
using Reranker.Client.Fleet;
using Reranker.Client.Parts;
using Reranker.Client.Reranking;
using Reranker.Client.Scores;
using Reranker.Client.Shards;

namespace Reranker.Client.Hosting;

/// <summary>Registers the client.</summary>
public static class RerankerClientServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IReranker"/>, <see cref="IFleetInfo"/> and <see cref="IModelAdmin"/> over the Orleans client or silo of the same host
    /// (<c>UseOrleansClient</c> or <c>UseOrleans</c>, which register the <see cref="IGrainFactory"/>).
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the defaults.</param>
    public static IServiceCollection AddRerankerClient(
        this IServiceCollection services, Action<RerankerClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = services.AddOptions<RerankerClientOptions>().ValidateOnStart();
        if (configure is not null)
        {
            builder.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RerankerClientOptions>, RerankerClientOptionsValidator>());
        services.Configure<ClientMessagingOptions>(static messaging =>
        {
            messaging.ResponseTimeout = Limits.ResponseTimeout;
            messaging.CancelRequestOnTimeout = true;
        });

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FleetHints>();
        services.TryAddSingleton<ClusterContact>();
        services.TryAddSingleton<LateGrainFactory>();
        services.TryAddSingleton<ScoreMapSet>();
        services.TryAddSingleton<ResponseAssembler>();
        services.TryAddSingleton(static provider => ActivatorUtilities.CreateInstance<PartInquiry>(provider, provider.GetRequiredService<LateGrainFactory>()));
        services.TryAddSingleton(static provider => new ShardHealth(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<RerankerClientOptions>>().Value));
        services.TryAddSingleton(static provider =>
        {
            var seed = provider.GetRequiredService<IOptions<RerankerClientOptions>>().Value.Seed;
            return new ShardPicker(seed is { } value ? new Random(value) : new Random(), provider.GetRequiredService<ShardHealth>());
        });
        services.TryAddSingleton(static provider => new AttemptRace(
            provider.GetRequiredService<LateGrainFactory>(),
            provider.GetRequiredService<IOptions<RerankerClientOptions>>().Value,
            provider.GetRequiredService<ShardPicker>(),
            provider.GetRequiredService<ShardHealth>(),
            provider.GetRequiredService<FleetHints>(),
            provider.GetRequiredService<ClusterContact>(),
            provider.GetRequiredService<ResponseAssembler>(),
            provider.GetRequiredService<PartInquiry>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AttemptRace>>()));
        services.TryAddSingleton<IReranker, RerankerClient>();
        services.TryAddSingleton<IFleetInfo>(static provider => ActivatorUtilities.CreateInstance<FleetInfoClient>(provider, provider.GetRequiredService<LateGrainFactory>()));
        services.TryAddSingleton<IModelAdmin>(static provider => ActivatorUtilities.CreateInstance<ModelAdminClient>(provider, provider.GetRequiredService<LateGrainFactory>()));
        services.TryAddSingleton<IQuotaLeases>(static provider => ActivatorUtilities.CreateInstance<QuotaLeaseClient>(provider, provider.GetRequiredService<LateGrainFactory>()));
        return services;
    }
}
