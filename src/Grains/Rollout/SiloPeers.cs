using Microsoft.Extensions.Options;
using Reranker.Grains.Fleet;

namespace Reranker.Grains.Rollout;

/// <summary>The active silos and the grains that speak for their models.</summary>
internal sealed class SiloPeers(
    IClusterMembershipService membership, ILocalSiloDetails local, IGrainFactory grains, TimeProvider time, IOptions<FleetOptions> options)
{
    /// <summary>This silo.</summary>
    public SiloAddress Local => local.SiloAddress;

    /// <summary>Name of this silo.</summary>
    public string LocalName => local.Name;

    /// <summary>Every active silo, this one among them.</summary>
    public SiloAddress[] FindActiveSilos() =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(m => m.Status == SiloStatus.Active && !m.SiloAddress.Equals(local.SiloAddress))
            .Select(m => m.SiloAddress),
        local.SiloAddress,
    ];

    /// <summary>Name of a silo, or its address.</summary>
    public string GetName(SiloAddress silo)
        => membership.CurrentSnapshot.Members.TryGetValue(silo, out var member) ? member.Name : silo.ToParsableString();

    /// <summary>Asks silos the same, at once; null for one that did not answer in time.</summary>
    public Task<T?[]> AskSilosAsync<T>(
        IEnumerable<SiloAddress> silos, Func<ISiloModelsGrain, CancellationToken, Task<T>> question, CancellationToken cancellationToken)
        where T : class
        => Task.WhenAll(silos.Select(silo => AskSiloAsync(silo, question, cancellationToken)));

    private async Task<T?> AskSiloAsync<T>(
        SiloAddress silo, Func<ISiloModelsGrain, CancellationToken, Task<T>> question, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = new CancellationTokenSource(options.Value.QueryTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await question(grains.GetGrain<ISiloModelsGrain>(silo.ToParsableString()), linked.Token);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Who asked says what silence means to it.
            return null;
        }
    }
}
