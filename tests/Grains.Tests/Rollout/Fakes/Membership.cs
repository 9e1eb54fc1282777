using System.Collections.Immutable;

namespace Reranker.Grains.Tests.Rollout.Fakes;

/// <summary>A cluster's membership that a test writes.</summary>
internal sealed class Membership(params SiloAddress[] silos) : IClusterMembershipService
{
    /// <summary>What a subscription hears; by default the snapshot of now and nothing after it.</summary>
    public Func<int, CancellationToken, IAsyncEnumerable<ClusterMembershipSnapshot>>? Updates { get; set; }

    /// <summary>Subscriptions so far.</summary>
    public int Subscriptions { get; private set; }

    public ClusterMembershipSnapshot CurrentSnapshot => Of(silos);

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => new Subscription(this);

    public static ClusterMembershipSnapshot Of(params SiloAddress[] silos) => new(
        silos.ToImmutableDictionary(s => s, s => new ClusterMember(s, SiloStatus.Active, s.ToString())), new MembershipVersion(1));

    public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();

    private async IAsyncEnumerable<ClusterMembershipSnapshot> OnlyNowAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return CurrentSnapshot;
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private sealed class Subscription(Membership membership) : IAsyncEnumerable<ClusterMembershipSnapshot>
    {
        public IAsyncEnumerator<ClusterMembershipSnapshot> GetAsyncEnumerator(CancellationToken cancellationToken)
        {
            var updates = membership.Updates?.Invoke(++membership.Subscriptions, cancellationToken) ?? membership.OnlyNowAsync(cancellationToken);
            return updates.GetAsyncEnumerator(cancellationToken);
        }
    }
}
