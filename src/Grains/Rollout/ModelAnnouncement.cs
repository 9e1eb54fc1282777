using Reranker.Grains.Fleet;

namespace Reranker.Grains.Rollout;

/// <summary>Tells everybody that this silo has other models now.</summary>
internal sealed class ModelAnnouncement(SiloPeers peers, FleetView fleet)
{
    /// <summary>Has this silo and all others ask this silo what it serves.</summary>
    public async Task AnnounceModelsAsync(CancellationToken cancellationToken)
    {
        await fleet.LearnSiloAsync(peers.Local, cancellationToken);
        var me = peers.Local.ToParsableString();
        await peers.AskSilosAsync(
            peers.FindActiveSilos().Where(s => !s.Equals(peers.Local)),
            async (silo, token) =>
            {
                await silo.LearnSiloAsync(me, token);
                return me;
            },
            cancellationToken);
    }
}
