using Reranker.ServiceDefaults.Health;

namespace Reranker.Silo.Hosting;

/// <summary>Tells what a starting silo is at, for its readiness.</summary>
internal sealed class StartStages(StartProgress progress) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
    {
        Tell(ServiceLifecycleStage.First, "the membership store to take its entry");
        Tell(ServiceLifecycleStage.ApplicationServices - 1, "its models to be loaded");
        Tell(ServiceLifecycleStage.ApplicationServices + 1, "the silos of the cluster to answer it, so that it can join");

        void Tell(int stage, string what) => lifecycle.Subscribe(nameof(StartStages), stage, _ =>
        {
            progress.SetWaitingFor(what);
            return Task.CompletedTask;
        });
    }
}
