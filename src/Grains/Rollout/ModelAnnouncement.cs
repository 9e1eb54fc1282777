using Reranker.Grains.Fleet;

namespace Reranker.Grains.Rollout;

/// <summary>Tells everybody that this silo has other models now.</summary>
internal sealed class ModelAnnouncement(SiloPeers peers, FleetView fleet)
{
    /// <summary>Has this silo and all others ask this silo what it serves.</summary>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        await fleet.DescribeAsync(peers.Local, cancellationToken);
        var me = peers.Local.ToParsableString();
        await peers.AskAsync(
            peers.Active().Where(s => !s.Equals(peers.Local)),
            async (silo, token) =>
            {
                await silo.LearnAsync(me, token);
                return me;
            },
            cancellationToken);
    }
}
