using Reranker.TestKit.Cluster;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>A reply needs time too: scores that are ready at the very deadline come too late.</summary>
public sealed class WayBackTests
{
    [Theory]
    [InlineData(400, 360)]
    [InlineData(10_000, 9_950)]
    public async Task A_worker_gets_less_time_than_its_caller_has(int milliseconds, int expected)
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);
        await cluster.RerankAsync("query", ["passage"]);
        Assert.True(worker.Works.TryDequeue(out var work));
        var key = (await cluster.FleetAsync()).Workers.Single().Key;
        var request = new ScoreRequest
        {
            ModelIdentity = work.ModelIdentity,
            QueryIds = [1, 0],
            PassageIds = [2, 0],
            PassageLengths = [1],
            BytesPerId = 2,
            RemainingMilliseconds = milliseconds,
            RequestId = Guid.NewGuid(),
        };

        await cluster.Client.GetGrain<IGpuWorkerGrain>(key).ScoreAsync(request, TestContext.Current.CancellationToken);

        Assert.True(worker.Works.TryDequeue(out var scored));
        Assert.Equal(TimeSpan.FromMilliseconds(expected), scored.Remaining);
    }
}
