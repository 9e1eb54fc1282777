using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Reranker.Grains.Fleet;
using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>A request whose model vanishes starts again as a whole, or ends; scores of two models never mix.</summary>
public sealed class VanishedModelTests
{
    [Fact]
    public async Task A_request_whose_model_vanishes_starts_again_on_the_new_one_and_never_mixes()
    {
        FakeModel old = new("mini", "1111"), next = new("mini", "2222");
        FakeScoringWorker one = new(old) { Ordinal = 0 }, two = new(old) { Ordinal = 1 };
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[one], [two], []],
            Catalog = [old.ToCatalog(), next.ToCatalog()],
        });
        one.Serve(next);
        two.Serve(next);

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(shard => cluster.RerankAsync("q", Samples.Passages, shard)));

        Assert.All(replies, r => Assert.Equal((RerankOutcome.Ok, "2222"), (r.Outcome, r.ModelIdentity)));
        Assert.All(replies, r => Assert.Equal(Samples.Expected("q", Samples.Passages), r.Logits));
    }

    [Fact]
    public async Task A_model_that_vanishes_while_a_request_is_tokenized_is_replaced_by_the_new_one()
    {
        FakeModel old = new("mini", "1111"), next = new("mini", "2222");
        var worker = new FakeScoringWorker(old);
        RerankerTestCluster? cluster = null;
        var switches = 0;
        var tokenizer = new HookedTokenizer(async cancellationToken =>
        {
            // What another request does to the fleet view when a worker tells it that the model is gone.
            worker.Serve(next);
            switches++;
            var silo = cluster!.Orleans.Silos[0].SiloAddress;
            await cluster.Services(0).GetRequiredService<FleetView>().LearnSiloAsync(silo, cancellationToken);
        });
        cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[worker]],
            Catalog = [old.ToCatalog() with { Tokenizer = tokenizer }, next.ToCatalog()],
        });
        await using var _ = cluster;

        var restarts = 0;
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "reranker.restarts")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref restarts, (int)count));
        meters.Start();

        var reply = await cluster.RerankAsync("q", Samples.Passages);

        Assert.Equal((RerankOutcome.Ok, "2222"), (reply.Outcome, reply.ModelIdentity));
        Assert.Equal(Samples.Expected("q", Samples.Passages), reply.Logits);
        Assert.Equal(1, restarts);
        Assert.Equal(1, switches);
        Assert.All(worker.Works, w => Assert.Equal("2222", w.ModelIdentity));
    }

    [Fact]
    public async Task A_model_that_vanishes_without_a_successor_is_unavailable()
    {
        FakeModel old = new("mini", "1111");
        var worker = new FakeScoringWorker(old);
        RerankerTestCluster? cluster = null;
        var tokenizer = new HookedTokenizer(async cancellationToken =>
        {
            worker.Serve();
            var silo = cluster!.Orleans.Silos[0].SiloAddress;
            await cluster.Services(0).GetRequiredService<FleetView>().LearnSiloAsync(silo, cancellationToken);
        });
        cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[worker]],
            Catalog = [old.ToCatalog() with { Tokenizer = tokenizer }],
        });
        await using var _ = cluster;

        var reply = await cluster.RerankAsync("q", Samples.Passages);

        Assert.Equal(RerankOutcome.Unavailable, reply.Outcome);
        Assert.True(reply.RetryAfterMilliseconds > 0);
        Assert.Empty(reply.Logits);
        Assert.Empty(worker.Works);
    }
}
