using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reranker.Grains.Administration;
using Reranker.Grains.Caching;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Placement;
using Reranker.Grains.Primitives;
using Reranker.Grains.Requests;
using Reranker.Grains.Rollout;
using Reranker.Grains.Routing;
using Reranker.Grains.Workers;

namespace Reranker.Grains.Hosting;

/// <summary>Adds the distributed part of the reranker to a silo.</summary>
public static class RerankerSiloBuilderExtensions
{
    /// <summary>
    /// Adds grains, fleet view, planner and lifecycle. The caller registers an <see cref="IWorkerHost"/> (the local
    /// workers), an <see cref="IModelCatalog"/> (the models this silo can read) and an <see cref="IModelHost"/> (loads more
    /// of them), all singletons. Without a secret in <see cref="AdminOptions"/> models cannot be changed at run time.
    /// </summary>
    public static ISiloBuilder AddRerankerGrains(
        this ISiloBuilder silo, Action<DispatchOptions>? dispatch = null, Action<FleetOptions>? fleet = null)
    {
        silo.Services.AddRerankerGrainServices(dispatch, fleet);
        silo.AddIncomingGrainCallFilter<AdminGate>();
        silo.AddOutgoingGrainCallFilter<SiloSecretFilter>();
        silo.AddStartupTask<WarmUpTask>();
        silo.Configure<SiloMessagingOptions>(o => o.CancelRequestOnTimeout = true);

        // Polly reports each placement attempt for a silo that is gone; the dispatcher says so once, with the reason.
        silo.ConfigureLogging(l => l.AddFilter("Polly", LogLevel.None));
        return silo;
    }

    private static void AddRerankerGrainServices(
        this IServiceCollection services, Action<DispatchOptions>? dispatch, Action<FleetOptions>? fleet)
    {
        services.AddOptions<DispatchOptions>().Configure(dispatch ?? (_ => { })).ValidateOnStart();
        services.AddOptions<FleetOptions>().Configure(fleet ?? (_ => { })).ValidateOnStart();
        services.AddOptions<ScoreCacheOptions>().ValidateOnStart();
        services.AddOptions<RequestMemoryOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<RequestMemoryOptions>, RequestMemoryOptionsValidator>();
        services.AddSingleton<IValidateOptions<ScoreCacheOptions>, ScoreCacheOptionsValidator>();
        services.AddSingleton<IValidateOptions<DispatchOptions>, DispatchOptionsValidator>();
        services.AddSingleton<IValidateOptions<FleetOptions>, FleetOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(s => new RandomSource(new Random(
            s.GetRequiredService<IOptions<DispatchOptions>>().Value.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue))));
        services.AddPlacementDirector<PinnedToSiloPlacement, PinnedToSiloDirector>();

        services.AddOptions<AdminOptions>();
        services.AddSingleton<AdminAccess>();
        services.AddSingleton<WorkerRegistry>();
        services.AddSingleton<TokenDensities>();
        services.AddSingleton<FleetView>();
        services.AddSingleton<FleetReporter>();
        services.AddSingleton<DirectiveStore>();
        services.AddSingleton<ModelPins>();
        services.AddSingleton<ModelResolver>();
        services.AddSingleton<SiloPeers>();
        services.AddSingleton<ModelReconciler>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<ModelReconciler>());
        services.AddSingleton<WorkerChooser>();
        services.AddSingleton<CopyBudgets>();
        services.AddSingleton<AttemptSender>();
        services.AddSingleton<AttemptInquiry>();
        services.AddSingleton<SubBatchDispatcher>();
        services.AddSingleton<ScoreCache>();
        services.AddSingleton<PairScorer>();
        services.AddSingleton<RequestMemory>();
        services.AddSingleton<RunningParts>();
        services.AddSingleton<PinnedExecutor>();
        services.AddSingleton<RequestExecutor>();

        services.AddSingleton<MembershipFollower>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<MembershipFollower>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, WorkerLifecycle>();
    }
}
