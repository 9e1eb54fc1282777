using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Reranker.Grains.Fleet;
using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Inference.Workers;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>What a request gets from a cluster: right scores in its own order, or one clear outcome.</summary>
public sealed class RerankTests
{
    private static readonly string[] Passages = [.. Enumerable.Range(0, 100).Select(i => new string((char)('a' + (i % 26)), 1 + (i * 37 % 90)) + i)];

    private static float[] Expected(string query, string[] passages)
        => [.. passages.Select(p => FakeScoringWorker.Score(FakePairTokenizer.Pair(query, p)))];

    private static FakeScoringWorker Worker(int ordinal = 0) => new(FakeModel.Default) { Ordinal = ordinal };

    [Fact]
    public async Task Scores_come_in_the_order_of_the_request()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Worker()]);

        var reply = await cluster.RerankAsync("query", Passages);

        Assert.Equal(RerankOutcome.Ok, reply.Outcome);
        Assert.Equal(Expected("query", Passages), reply.Logits);
        Assert.Equal(Passages.Select(p => p.Length + 5 + 4), reply.PairTokens);
        Assert.Equal("1111", reply.ModelIdentity);
    }

    [Fact]
    public async Task A_request_is_spread_over_idle_workers_of_several_silos()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Worker(0), Worker(1)], [Worker()], []);
        foreach (var worker in cluster.Workers)
        {
            worker.TokensPerSecond = 10_000;
        }

        foreach (var shard in Enumerable.Range(0, 12))
        {
            var reply = await cluster.RerankAsync("query", Passages, shard);
            Assert.Equal(Expected("query", Passages), reply.Logits);
        }

        Assert.All(cluster.Workers, w => Assert.NotEmpty(w.Works));
    }

    [Fact]
    public async Task A_busy_worker_is_passed_over()
    {
        FakeScoringWorker busy = Worker(0), free = Worker(1);
        busy.Script = FakeScoringWorker.Always(WorkOutcome.Busy);
        await using var cluster = await RerankerTestCluster.StartAsync([busy, free]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Expected("q", Passages), (await cluster.RerankAsync("q", Passages)).Logits);
        }

        Assert.NotEmpty(busy.Works);
    }

    [Fact]
    public async Task A_failing_worker_is_replaced_by_another()
    {
        FakeScoringWorker broken = Worker(0), whole = Worker(1);
        broken.Script = FakeScoringWorker.Always(WorkOutcome.Failed);
        await using var cluster = await RerankerTestCluster.StartAsync([broken, whole]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Expected("q", Passages), (await cluster.RerankAsync("q", Passages)).Logits);
        }

        Assert.NotEmpty(broken.Works);
    }

    [Fact]
    public async Task The_only_worker_is_tried_again_and_then_given_up()
    {
        var worker = Worker();
        worker.Script = FakeScoringWorker.Always(WorkOutcome.Failed);
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        var reply = await cluster.RerankAsync("q", ["a"]);

        Assert.Equal(RerankOutcome.Failed, reply.Outcome);
        Assert.Empty(reply.Logits);
        Assert.Equal(4, worker.Works.Count);
        Assert.Single(worker.Works.Select(w => w.RequestId).Distinct());
    }

    [Fact]
    public async Task What_a_lost_device_had_is_done_elsewhere()
    {
        FakeScoringWorker lost = Worker(0), whole = Worker(1);
        lost.Script = FakeScoringWorker.Always(WorkOutcome.DeviceLost);
        await using var cluster = await RerankerTestCluster.StartAsync([lost, whole]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Expected("q", Passages), (await cluster.RerankAsync("q", Passages)).Logits);
        }

        Assert.NotEmpty(lost.Works);
    }

    [Fact]
    public async Task A_device_that_was_the_only_one_is_not_asked_again()
    {
        var lost = Worker();
        lost.Script = FakeScoringWorker.Always(WorkOutcome.DeviceLost);
        await using var cluster = await RerankerTestCluster.StartAsync([lost]);

        Assert.Equal(RerankOutcome.Unavailable, (await cluster.RerankAsync("q", ["a"])).Outcome);
        Assert.Single(lost.Works);
    }

    [Fact]
    public async Task A_score_that_is_no_number_is_no_answer()
    {
        FakeScoringWorker broken = Worker(0), whole = Worker(1);
        broken.Script = (work, _) => Task.FromResult(FakeScoringWorker.Scored(work) with { Logits = new float[work.Count - 1].Append(float.NaN).ToArray() });
        await using var cluster = await RerankerTestCluster.StartAsync([broken, whole]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Expected("q", Passages), (await cluster.RerankAsync("q", Passages)).Logits);
        }

        Assert.NotEmpty(broken.Works);
    }

    [Fact]
    public async Task When_every_worker_is_busy_so_is_the_fleet()
    {
        FakeScoringWorker one = Worker(0), two = Worker(1);
        one.Script = two.Script = FakeScoringWorker.Always(WorkOutcome.Busy);
        await using var cluster = await RerankerTestCluster.StartAsync([one, two]);

        var reply = await cluster.RerankAsync("q", ["a"]);

        Assert.Equal(RerankOutcome.Busy, reply.Outcome);
        Assert.True(reply.RetryAfterMilliseconds > 0);
        Assert.Single(one.Works);
        Assert.Single(two.Works);
    }

    [Fact]
    public async Task Work_that_no_queue_could_end_in_time_is_refused_without_asking_a_worker()
    {
        var worker = Worker();
        worker.TokensPerSecond = 1_000;
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        var reply = await cluster.RerankAsync("q", [.. Enumerable.Range(0, 10).Select(i => new string((char)('a' + i), 495))], milliseconds: 2_000);

        Assert.Equal(RerankOutcome.Busy, reply.Outcome);
        Assert.InRange(reply.RetryAfterMilliseconds, 2_900, 3_100);
        Assert.Empty(worker.Works);
    }

    [Fact]
    public async Task A_long_queue_is_the_workers_to_refuse_for()
    {
        var worker = Worker();
        worker.Backlog = TimeSpan.FromSeconds(20);
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", ["a"], milliseconds: 2_000)).Outcome);

        worker.Script = FakeScoringWorker.Always(WorkOutcome.Busy);
        var refused = await cluster.RerankAsync("q", ["a"], milliseconds: 2_000);
        Assert.Equal(RerankOutcome.Busy, refused.Outcome);
        Assert.InRange(refused.RetryAfterMilliseconds, 15_000, 20_000);
    }

    [Fact]
    public async Task A_deadline_ends_the_request_and_its_work()
    {
        var worker = Worker();
        worker.Script = FakeScoringWorker.Silent;
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        var reply = await cluster.RerankAsync("q", ["a"], milliseconds: 300);

        Assert.Equal(RerankOutcome.Expired, reply.Outcome);
        await UntilAsync(() => worker.Cancelled == 1);
    }

    [Fact]
    public async Task Work_that_expires_on_one_worker_is_cancelled_on_the_others()
    {
        FakeScoringWorker expired = Worker(0), silent = Worker(1);
        foreach (var worker in new[] { expired, silent })
        {
            worker.TokensPerSecond = 10_000;
        }

        silent.Script = FakeScoringWorker.Silent;
        expired.Script = async (_, cancellationToken) =>
        {
            await UntilAsync(() => !silent.Works.IsEmpty);
            return new ScoreResult { Outcome = WorkOutcome.Expired };
        };
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[expired, silent]],
            Dispatch = o => (o.Seed, o.MinAttemptTimeout) = (1, TimeSpan.FromSeconds(20)),
        });

        Assert.Equal(RerankOutcome.Expired, (await cluster.RerankAsync("q", Passages)).Outcome);
        await UntilAsync(() => silent.Cancelled == 1);
    }

    [Fact]
    public async Task The_callers_cancellation_reaches_the_worker()
    {
        var worker = Worker();
        worker.Script = FakeScoringWorker.Silent;
        await using var cluster = await RerankerTestCluster.StartAsync([], [worker]);
        using var cancellation = new CancellationTokenSource();
        var request = new RerankRequest { Query = "q", Passages = ["a"], RemainingMilliseconds = 60_000 };
        var calls = Enumerable.Range(0, 20).Select(shard => cluster.Shard(shard).RerankAsync(request, cancellation.Token)).ToArray();
        await UntilAsync(() => worker.Works.Count == calls.Length);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
        await UntilAsync(() => worker.Cancelled == calls.Length);
    }

    [Fact]
    public async Task Work_that_is_stuck_on_a_device_is_copied_to_another_and_cancelled()
    {
        FakeScoringWorker silent = Worker(0), whole = Worker(1);
        (silent.Script, silent.Progress) = (FakeScoringWorker.Silent, FakeScoringWorker.Stuck);
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[silent, whole]],
            Dispatch = o => (o.Seed, o.HedgeShare) = (1, 1),
        });

        for (var i = 0; i < 4 || silent.Works.IsEmpty; i++)
        {
            Assert.Equal(Expected("q", ["a", "b"]), (await cluster.RerankAsync("q", ["a", "b"])).Logits);
        }

        await UntilAsync(() => silent.Cancelled == silent.Works.Count);
    }

    [Fact]
    public async Task A_draining_worker_gets_no_work()
    {
        FakeScoringWorker draining = Worker(0), whole = Worker(1);
        draining.Draining = true;
        await using var cluster = await RerankerTestCluster.StartAsync([draining, whole]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", ["a"])).Outcome);
        }

        Assert.Empty(draining.Works);
        whole.Draining = true;
        Assert.Equal(RerankOutcome.Unavailable, (await cluster.RerankAsync("q", ["a"])).Outcome);
    }

    [Theory]
    [InlineData("mini", RerankOutcome.Ok)]
    [InlineData("1111", RerankOutcome.Ok)]
    [InlineData(null, RerankOutcome.Ok)]
    [InlineData("no-such-model", RerankOutcome.UnknownModel)]
    [InlineData("", RerankOutcome.UnknownModel)]
    public async Task A_model_is_named_by_name_or_identity_or_not_at_all(string? model, RerankOutcome outcome)
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Worker()]);

        Assert.Equal(outcome, (await cluster.RerankAsync("q", ["a"], model: model)).Outcome);
    }

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

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(shard => cluster.RerankAsync("q", Passages, shard)));

        Assert.All(replies, r => Assert.Equal((RerankOutcome.Ok, "2222"), (r.Outcome, r.ModelIdentity)));
        Assert.All(replies, r => Assert.Equal(Expected("q", Passages), r.Logits));
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
            await cluster.Services(0).GetRequiredService<FleetView>().DescribeAsync(silo, cancellationToken);
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

        var reply = await cluster.RerankAsync("q", Passages);

        Assert.Equal((RerankOutcome.Ok, "2222"), (reply.Outcome, reply.ModelIdentity));
        Assert.Equal(Expected("q", Passages), reply.Logits);
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
            await cluster.Services(0).GetRequiredService<FleetView>().DescribeAsync(silo, cancellationToken);
        });
        cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[worker]],
            Catalog = [old.ToCatalog() with { Tokenizer = tokenizer }],
        });
        await using var _ = cluster;

        var reply = await cluster.RerankAsync("q", Passages);

        Assert.Equal(RerankOutcome.Unavailable, reply.Outcome);
        Assert.True(reply.RetryAfterMilliseconds > 0);
        Assert.Empty(reply.Logits);
        Assert.Empty(worker.Works);
    }

    [Fact]
    public async Task A_wrong_request_is_told_so()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Worker()]);

        Assert.Equal(RerankOutcome.Invalid, (await cluster.RerankAsync("", ["a"])).Outcome);
        Assert.Equal(RerankOutcome.Invalid, (await cluster.RerankAsync("q", [])).Outcome);
        Assert.Equal(RerankOutcome.Invalid, (await cluster.RerankAsync("q", [null!])).Outcome);
        Assert.Equal(RerankOutcome.Expired, (await cluster.RerankAsync("q", ["a"], milliseconds: 0)).Outcome);
        Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", [""])).Outcome);
    }

    [Fact]
    public async Task Too_long_a_pair_is_cut_and_reported_or_refused()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Worker()]);
        var request = new RerankRequest { Query = "q", Passages = ["short", new string('x', 600)], RemainingMilliseconds = 30_000 };

        var cut = await cluster.Shard(0).RerankAsync(request, TestContext.Current.CancellationToken);
        var refused = await cluster.Shard(0).RerankAsync(
            request with { Truncation = new TruncationOptions { Allowed = false } }, TestContext.Current.CancellationToken);

        Assert.Equal([10, 512], cut.PairTokens);
        Assert.Equal([0, 93], cut.CutTokens!);
        Assert.Equal(RerankOutcome.TooLong, refused.Outcome);
    }

    [Fact]
    public async Task A_request_of_thousands_of_passages_comes_back_whole()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Worker(0), Worker(1)], [Worker()]);
        var many = Enumerable.Range(0, 10_000).Select(i => new string((char)('a' + (i % 26)), i % 400)).ToArray();

        var reply = await cluster.RerankAsync("query", many);

        Assert.Equal(Expected("query", many), reply.Logits);
        Assert.True(reply.Timings.SubBatches > 1);
    }

    [Fact]
    public async Task The_fleet_is_described_to_the_edge()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Worker(0), Worker(1)], []);

        var fleet = await cluster.FleetAsync();

        var model = Assert.Single(fleet.Models);
        Assert.Equal(("mini", "1111", 2), (model.Name, model.Identity, model.ReadyWorkers));
        Assert.Equal(2, fleet.Workers.Length);
        Assert.Equal(2, fleet.Hint.ReadyWorkers);
        Assert.Equal(2_000_000, fleet.Hint.TokensPerSecond, 1);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1_000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }
}
