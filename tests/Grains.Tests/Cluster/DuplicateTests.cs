using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Reranker.Grains.Caching;
using Reranker.Grains.Telemetry;
using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Inference.Scoring;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>What was scored once is not scored again, and the caller sees no difference.</summary>
public sealed class DuplicateTests
{
    private static readonly string[] Repeated = ["alpha", "beta", "alpha", "gamma", "beta", "alpha"];

    [Fact]
    public async Task Equal_passages_are_scored_once_and_answered_and_counted_for_each()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        var reply = await cluster.RerankAsync("query", Repeated);

        Assert.Equal(Samples.Expected("query", Repeated), reply.Logits);
        Assert.Equal(Repeated.Select(p => p.Length + 5 + 4), reply.PairTokens);
        Assert.Equal(3, worker.Works.Sum(w => w.Count));
    }

    [Fact]
    public async Task Passages_that_are_equal_up_to_the_cut_are_scored_once_and_each_reports_its_own_cut()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        var reply = await cluster.RerankAsync("q", [new string('x', 600), new string('x', 550), "y"]);

        Assert.Equal([512, 512, 6], reply.PairTokens);
        Assert.Equal([93, 43, 0], reply.CutTokens!);
        Assert.Equal(reply.Logits[0], reply.Logits[1]);
        Assert.Equal(2, worker.Works.Sum(w => w.Count));
    }

    [Fact]
    public async Task A_refused_passage_is_named_by_its_place_among_all_passages()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([new FakeScoringWorker(FakeModel.Default)]);
        var request = new RerankRequest
        {
            Query = "q",
            Passages = ["a", "a", "a", new string('x', 600)],
            RemainingMilliseconds = 30_000,
            Truncation = new TruncationOptions { Allowed = false },
        };

        var reply = await cluster.Shard(0).RerankAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(RerankOutcome.TooLong, reply.Outcome);
        Assert.StartsWith("Passage 3 ", reply.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cache_every_request_is_scored()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        await cluster.RerankAsync("query", Repeated);
        await cluster.RerankAsync("query", Repeated);

        Assert.Equal(6, worker.Works.Sum(w => w.Count));
    }

    [Fact]
    public async Task With_a_cache_only_new_pairs_are_scored()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await StartWithCacheAsync(100, worker);
        string[] more = ["delta", .. Repeated];

        var first = await cluster.RerankAsync("query", Repeated);
        var second = await cluster.RerankAsync("query", more);
        var third = await cluster.RerankAsync("query", more);
        var other = await cluster.RerankAsync("other", more);

        Assert.Equal(Samples.Expected("query", Repeated), first.Logits);
        Assert.Equal(Samples.Expected("query", more), second.Logits);
        Assert.Equal(second.Logits, third.Logits);
        Assert.Equal(second.PairTokens, third.PairTokens);
        Assert.Equal("1111", third.ModelIdentity);
        Assert.Equal(Samples.Expected("other", more), other.Logits);
        Assert.Equal([3, 1, 4], worker.Works.Select(w => w.Count));
    }

    [Fact]
    public async Task A_cached_score_is_never_given_for_another_model()
    {
        FakeModel old = new("mini", "1111"), next = new("mini", "2222");
        var worker = new FakeScoringWorker(old, next)
        {
            Script = (work, _) => Task.FromResult(FakeScoringWorker.Scored(work) with
            {
                Logits = [.. Enumerable.Repeat(work.ModelIdentity == "1111" ? 1f : 2f, work.Count)],
            }),
        };
        await using var cluster = await StartWithCacheAsync(100, worker, old, next);

        Assert.Equal((float[])[1f, 1f], (await cluster.RerankAsync("q", ["a", "b"], model: "1111")).Logits);
        Assert.Equal((float[])[2f, 2f], (await cluster.RerankAsync("q", ["a", "b"], model: "2222")).Logits);
        Assert.Equal((float[])[1f, 1f], (await cluster.RerankAsync("q", ["a", "b"], model: "1111")).Logits);
    }

    [Fact]
    public async Task What_failed_is_not_kept()
    {
        var worker = new FakeScoringWorker(FakeModel.Default) { Script = FakeScoringWorker.Always(WorkOutcome.Failed) };
        await using var cluster = await StartWithCacheAsync(100, worker);
        Assert.Equal(RerankOutcome.Failed, (await cluster.RerankAsync("q", ["a", "b"])).Outcome);

        worker.Script = (work, _) => Task.FromResult(FakeScoringWorker.Scored(work));

        Assert.Equal(Samples.Expected("q", ["a", "b"]), (await cluster.RerankAsync("q", ["a", "b"])).Logits);
    }

    [Fact]
    public async Task The_cache_keeps_no_more_than_it_may()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await StartWithCacheAsync(10, worker);
        for (var i = 0; i < 20; i++)
        {
            await cluster.RerankAsync($"query {i}", ["a", "b", "c", "d", "e"]);
        }

        var before = worker.Works.Sum(w => w.Count);
        for (var i = 0; i < 20; i++)
        {
            await cluster.RerankAsync($"query {i}", ["a", "b", "c", "d", "e"]);
        }

        // What 100 pairs of 200 would have to be kept for is scored again.
        Assert.True(worker.Works.Sum(w => w.Count) - before >= 80);
    }

    [Fact]
    public async Task What_was_saved_is_counted_by_reason()
    {
        var counted = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, l) =>
            {
                if (instrument.Meter.Name == GrainsTelemetry.Name)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (counted)
            {
                var name = string.Join(' ', [instrument.Name, .. tags.ToArray().Select(t => t.Value)]);
                counted[name] = counted.GetValueOrDefault(name) + value;
            }
        });
        await using var cluster = await StartWithCacheAsync(100, new FakeScoringWorker(FakeModel.Default));
        listener.Start();

        // Two of three are duplicates; then all three are known, two of them as duplicates of the one that is.
        await cluster.RerankAsync("query", ["alpha", "alpha", "alpha"]);
        await cluster.RerankAsync("query", ["alpha", "alpha", "alpha"]);

        lock (counted)
        {
            // Other tests of the process count too, so these are the least there must be.
            Assert.True(counted["reranker.tokens.saved Duplicate"] >= 4 * 14);
            Assert.True(counted["reranker.tokens.saved Cached"] >= 14);
            Assert.True(counted["reranker.score_cache.lookups hit"] >= 1);
            Assert.True(counted["reranker.score_cache.lookups miss"] >= 1);
        }
    }

    private static Task<RerankerTestCluster> StartWithCacheAsync(int entries, FakeScoringWorker worker, params FakeModel[] models)
        => RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[worker]],
            Catalog = models.Length == 0 ? [FakeModel.Default.ToCatalog()] : [.. models.Select(m => m.ToCatalog())],
            Services = services => services.Configure<ScoreCacheOptions>(o => o.MaxEntries = entries),
        });
}
