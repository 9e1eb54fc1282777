using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Fleet;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Hosting;
using Reranker.Grains.Requests;
using Reranker.Grains.Tests.Dispatch.Fakes;
using Reranker.Requests;
using Reranker.TestKit;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Hosting;

public sealed class WarmUpTaskTests
{
    private readonly ScriptedFleet _fleet = new([1], new DispatchOptions());
    private readonly HashSet<long> _warm = [];
    private int _calls;
    private volatile bool _isLost = true;

    [Fact]
    public async Task While_a_member_is_lost_shards_are_tried_a_few_at_a_time_and_all_are_warm_when_it_is_gone()
    {
        var warming = WarmUp().Execute(TestContext.Current.CancellationToken);
        for (var tries = 1; tries <= 3; tries++)
        {
            await Until.TrueAsync(() => Volatile.Read(ref _calls) == tries * 64);
            Assert.False(warming.IsCompleted);
            _fleet.Time.Advance(TimeSpan.FromSeconds(1));
        }

        _isLost = false;
        await Until.TrueAsync(() =>
        {
            _fleet.Time.Advance(TimeSpan.FromSeconds(1));
            return warming.IsCompleted;
        });
        await warming;
        Assert.Equal(RerankShards.Count, _warm.Count);
    }

    [Fact]
    public async Task A_silo_whose_shards_stay_cold_starts_all_the_same()
    {
        var warming = WarmUp().Execute(TestContext.Current.CancellationToken);
        await Until.TrueAsync(() =>
        {
            _fleet.Time.Advance(TimeSpan.FromSeconds(1));
            return warming.IsCompleted;
        });
        await warming;
        Assert.True(_warm.Count < RerankShards.Count);
    }

    private WarmUpTask WarmUp() => new(
        FakeGrains.Create((grain, key) => grain == typeof(IShardWarmUp) ? new Shard(this, (long)key) : new Info()),
        _fleet.View,
        _fleet.Time,
        NullLogger<WarmUpTask>.Instance);

    private sealed class Shard(WarmUpTaskTests owner, long key) : IShardWarmUp
    {
        public Task WarmAsync()
        {
            Interlocked.Increment(ref owner._calls);
            if (owner._isLost && key % 3 == 0)
            {
                return Task.FromException(new TimeoutException());
            }

            lock (owner._warm)
            {
                owner._warm.Add(key);
            }

            return Task.CompletedTask;
        }
    }

    private sealed class Info : IFleetInfoGrain
    {
        public Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken) => Task.FromResult(new FleetInfo { Models = [], Workers = [] });
    }
}
