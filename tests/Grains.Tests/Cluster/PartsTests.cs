using Microsoft.Extensions.DependencyInjection;
using Reranker.Grains.Fleet;
using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Inference.Scoring;
using Reranker.Requests;
using Reranker.TestKit;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>Scores of a request are told as its sub-batches end, and agree with its reply.</summary>
public sealed class PartsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scores_are_told_while_another_worker_has_its_part()
    {
        FakeScoringWorker fast = Slow(0), held = Slow(1);
        var gate = Hold(held);
        await using var cluster = await StartAsync([[fast, held]]);
        var request = Request(Samples.Passages);
        var reply = cluster.Shard(0).RerankAsync(request, Cancelled);

        var told = await AskAsync(cluster, request);
        Assert.InRange(told.Passages.Length, 1, Samples.Passages.Length - 1);
        Assert.False(reply.IsCompleted);
        gate.SetResult();

        AssertAgrees(told, await reply);
        Assert.False((await cluster.Shard(0).AwaitPartsAsync(request.PartsId!.Value, Cancelled)).IsUnderWay);
    }

    [Fact]
    public async Task Scores_that_were_known_before_are_told_at_once()
    {
        var worker = Samples.Worker();
        await using var cluster = await StartAsync([[worker]], caches: true);
        var known = await cluster.RerankAsync("q", Samples.Passages[..60]);
        Assert.Equal(RerankOutcome.Ok, known.Outcome);
        var gate = Hold(worker);
        var request = Request(Samples.Passages);
        var reply = cluster.Shard(0).RerankAsync(request, Cancelled);

        var told = await AskAsync(cluster, request);
        gate.SetResult();

        Assert.Equal(Enumerable.Range(0, 60), told.Passages);
        Assert.Equal(known.Logits, told.Logits);
        AssertAgrees(told, await reply);
    }

    [Fact]
    public async Task A_request_that_starts_again_with_another_identity_says_so()
    {
        FakeModel old = new("mini", "1111"), next = new("mini", "2222");
        FakeScoringWorker fast = Slow(0, old), held = Slow(1, old);
        TaskCompletionSource vanish = new(), gate = new();
        RerankerTestCluster? cluster = null;
        held.Script = async (work, _) =>
        {
            if (work.ModelIdentity == "1111")
            {
                await vanish.Task;
                fast.Serve(next);
                held.Serve(next);
                await cluster!.Services(0).GetRequiredService<FleetView>().LearnSiloAsync(cluster.Orleans.Silos[0].SiloAddress, Cancelled);
                return new WorkResult { Outcome = WorkOutcome.WrongModel };
            }

            await gate.Task;
            return FakeScoringWorker.Scored(work);
        };
        cluster = await StartAsync([[fast, held]], models: [old, next]);
        await using var _ = cluster;
        var request = Request(Samples.Passages);
        var reply = cluster.Shard(0).RerankAsync(request, Cancelled);

        var before = await AskAsync(cluster, request);
        Assert.Equal("1111", before.ModelIdentity);
        Assert.NotEmpty(before.Passages);
        vanish.SetResult();
        var after = new List<RerankParts>();
        while (after is not [.., { ModelIdentity: "2222", Passages.Length: > 0 }])
        {
            after.Add(await AskAsync(cluster, request));
        }

        gate.SetResult();
        var whole = await reply;

        // What the first start scored may have ended after the question before; nothing of it is told behind the second's.
        Assert.All(after.SkipWhile(static parts => parts.ModelIdentity == "1111"), static parts => Assert.Equal("2222", parts.ModelIdentity));
        Assert.Equal("2222", whole.ModelIdentity);
        AssertAgrees(after[^1], whole);
    }

    [Fact]
    public async Task A_caller_that_cancels_ends_the_work_and_the_wait_for_parts()
    {
        FakeScoringWorker fast = Slow(0), held = Slow(1);
        held.Script = FakeScoringWorker.Silent;
        await using var cluster = await StartAsync([[fast, held]]);
        using var cancellation = new CancellationTokenSource();
        var request = Request(Samples.Passages);
        var reply = cluster.Shard(0).RerankAsync(request, cancellation.Token);
        Assert.NotEmpty((await AskAsync(cluster, request)).Passages);
        var next = cluster.Shard(0).AwaitPartsAsync(request.PartsId!.Value, Cancelled);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reply);
        await Until.TrueAsync(() => held.Cancelled == held.Works.Count);

        // It may have been told another part of the fast worker's before.
        while ((await next).IsUnderWay)
        {
            next = cluster.Shard(0).AwaitPartsAsync(request.PartsId!.Value, Cancelled);
        }
    }

    [Fact]
    public async Task A_name_in_use_tells_nobody_elses_scores()
    {
        FakeScoringWorker fast = Slow(0), held = Slow(1);
        var gate = Hold(held);
        await using var cluster = await StartAsync([[fast, held]]);
        var request = Request(Samples.Passages);
        var first = cluster.Shard(0).RerankAsync(request, Cancelled);
        var told = await AskAsync(cluster, request);
        var second = cluster.Shard(0).RerankAsync(request with { Query = "other" }, Cancelled);
        await Until.TrueAsync(() => held.Works.Select(static work => work.RequestId).Distinct().Count() == 2);
        gate.SetResult();

        AssertAgrees(told, await first);
        Assert.Equal(Samples.Expected("other", Samples.Passages), (await second).Logits);
    }

    [Fact]
    public async Task Parts_of_random_requests_and_their_replies_agree()
    {
        var random = new Random(3);
        FakeScoringWorker[] workers = [Slow(0), Slow(1), Slow(2)];
        foreach (var worker in workers)
        {
            worker.Script = async (work, _) =>
            {
                for (var turn = work.Count % 4 * 50; turn > 0; turn--)
                {
                    await Task.Yield();
                }

                return FakeScoringWorker.Scored(work);
            };
        }

        await using var cluster = await StartAsync([workers], caches: true);
        var told = 0;
        for (var round = 0; round < 25; round++)
        {
            string[] passages = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => new string((char)('a' + random.Next(4)), random.Next(1, 200)))];
            var request = Request(passages) with
            {
                Query = $"{random.Next(5)}",
                Truncation = new TruncationOptions { MaxPairTokens = 100, MaxChunks = random.Next(1, 3) },
            };
            var reply = cluster.Shard(round).RerankAsync(request, Cancelled);
            var parts = new List<RerankParts>();
            while (!reply.IsCompleted)
            {
                parts.Add(await cluster.Shard(round).AwaitPartsAsync(request.PartsId!.Value, Cancelled));
            }

            var passagesTold = parts.SelectMany(static message => message.Passages).ToArray();
            Assert.Equal(passagesTold.Distinct(), passagesTold);
            told += passagesTold.Length;
            foreach (var message in parts.Where(static message => message.IsUnderWay))
            {
                AssertAgrees(message, await reply);
            }

            Assert.Equal(RerankOutcome.Ok, (await reply).Outcome);
        }

        Assert.True(told > 0);
    }

    // Its work ends when the gate opens.
    private static TaskCompletionSource Hold(FakeScoringWorker worker)
    {
        var gate = new TaskCompletionSource();
        worker.Script = async (work, _) =>
        {
            await gate.Task;
            return FakeScoringWorker.Scored(work);
        };
        return gate;
    }

    private static void AssertAgrees(RerankParts told, RerankReply reply)
    {
        Assert.Equal(RerankOutcome.Ok, reply.Outcome);
        Assert.Equal((reply.Model, reply.ModelIdentity), (told.Model, told.ModelIdentity));
        Assert.Equal(Array.ConvertAll(told.Passages, passage => reply.Logits[passage]), told.Logits);
        Assert.Equal(Array.ConvertAll(told.Passages, passage => reply.PairTokens[passage]), told.PairTokens);
        Assert.Equal(Array.ConvertAll(told.Passages, passage => reply.CutTokens?[passage] ?? 0), told.CutTokens ?? new int[told.Passages.Length]);
        Assert.Equal(Array.ConvertAll(told.Passages, passage => reply.Chunks?[passage] ?? 1), told.Chunks ?? Array.ConvertAll(told.Passages, static _ => 1));
    }

    // The question may be there before its request.
    private static async Task<RerankParts> AskAsync(RerankerTestCluster cluster, RerankRequest request)
    {
        while (true)
        {
            if (await cluster.Shard(0).AwaitPartsAsync(request.PartsId!.Value, Cancelled) is { IsUnderWay: true } parts)
            {
                return parts;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), Cancelled);
        }
    }

    private static RerankRequest Request(string[] passages) =>
        new() { Query = "q", Passages = passages, RemainingMilliseconds = 60_000, PartsId = Guid.NewGuid() };

    // Slow enough for a plan to share the work out.
    private static FakeScoringWorker Slow(int ordinal, FakeModel? model = null) =>
        new(model ?? FakeModel.Default) { Ordinal = ordinal, TokensPerSecond = 10_000 };

    private static Task<RerankerTestCluster> StartAsync(FakeScoringWorker[][] silos, FakeModel[]? models = null, bool caches = false) =>
        RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = silos,
            Catalog = [.. (models ?? [FakeModel.Default]).Select(static model => model.ToCatalog())],
            Dispatch = static o => (o.Seed, o.MinAttemptTimeout) = (1, TimeSpan.FromSeconds(20)),
            Services = services => services.Configure<Reranker.Grains.Caching.ScoreCacheOptions>(o => o.MaxEntries = caches ? 10_000 : 0),
        });
}
