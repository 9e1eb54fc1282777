using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Reranker.Grains.Requests;
using Reranker.Inference.Tokenization;
using Reranker.Requests;
using Reranker.TestKit;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Requests;

public sealed class RequestMemoryTests
{
    private const int Budget = 20_000_000;

    private static readonly TruncationRule Rule = new(512, LongestFirst: false, KeepEnd: false, Allowed: true);

    [Fact]
    public async Task A_silo_without_room_for_a_request_says_when_to_come_again()
    {
        await using var cluster = await StartAsync(new FakeScoringWorker(FakeModel.Default));
        var memory = cluster.Services(0).GetRequiredService<RequestMemory>();
        using (memory.TryTakeRequest(Request(new string('a', Budget / 2)), Rule)!)
        {
            var reply = await cluster.RerankAsync("q", [new string('a', 1000)]);

            Assert.Equal(RerankOutcome.Busy, reply.Outcome);
            Assert.InRange(reply.RetryAfterMilliseconds, 1, 60_000);
        }

        Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", [new string('a', 1000)])).Outcome);
        Assert.Equal(0, memory.Held);
    }

    [Fact]
    public async Task Texts_are_dropped_and_counted_no_more_once_they_are_tokenized()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var worker = new FakeScoringWorker(FakeModel.Default)
        {
            Script = async (work, cancellationToken) =>
            {
                await release.Task.WaitAsync(cancellationToken);
                return FakeScoringWorker.Scored(work);
            },
        };
        await using var cluster = await StartAsync(worker);
        var memory = cluster.Services(0).GetRequiredService<RequestMemory>();
        const int Characters = 2_000_000;

        var reply = cluster.RerankAsync("q", [new string('a', Characters), new string('b', Characters)]);
        await Until.TrueAsync(() => !worker.Works.IsEmpty);

        Assert.InRange(memory.Held, 1, 100_000);
        release.SetResult();
        Assert.Equal(RerankOutcome.Ok, (await reply).Outcome);
        Assert.Equal(0, memory.Held);
    }

    [Fact]
    public async Task A_tenant_that_floods_leaves_others_room()
    {
        await using var cluster = await StartAsync(new FakeScoringWorker(FakeModel.Default));
        var memory = cluster.Services(0).GetRequiredService<RequestMemory>();
        var flood = Request(new string('a', Budget / 100)) with { Tenant = "flood" };
        var leases = Enumerable.Range(0, 200).Select(_ => memory.TryTakeRequest(flood, Rule)).ToArray();
        Assert.Contains(null, leases);

        var reply = await cluster.Shard(0).RerankAsync(Request("a") with { Tenant = "quiet" }, TestContext.Current.CancellationToken);

        Assert.Equal(RerankOutcome.Ok, reply.Outcome);
        Assert.All(leases, static lease => lease?.Dispose());
        Assert.Equal(0, memory.Held);
    }

    [Fact]
    public void Only_a_request_that_came_in_a_message_lets_go_of_its_texts()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var sent = Request("a");

        var received = serializer.Deserialize<RerankRequest>(serializer.SerializeToArray(sent))!;

        Assert.False(sent.TryDropTexts());
        Assert.Equal(["a"], sent.Passages);
        Assert.True(received.TryDropTexts());
        Assert.Equal([""], received.Passages);
    }

    private static RerankRequest Request(string passage) => new() { Query = "q", Passages = [passage], RemainingMilliseconds = 30_000 };

    private static Task<RerankerTestCluster> StartAsync(FakeScoringWorker worker) => RerankerTestCluster.StartAsync(new TestClusterSettings
    {
        Silos = [[worker]],
        Services = static services => services.Configure<RequestMemoryOptions>(static options => options.MaxBytes = Budget),
    });
}
