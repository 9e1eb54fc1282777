using System.Diagnostics;
using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Inference.Scoring;
using Reranker.Requests;
using Reranker.TestKit;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>What one worker cannot do another one does; what none can do has one clear outcome.</summary>
public sealed class WorkerOutcomeTests
{
    [Fact]
    public async Task A_busy_worker_is_passed_over()
    {
        FakeScoringWorker busy = Samples.Worker(0), free = Samples.Worker(1);
        busy.Script = FakeScoringWorker.Always(WorkOutcome.Busy);
        await using var cluster = await RerankerTestCluster.StartAsync([busy, free]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Samples.Expected("q", Samples.Passages), (await cluster.RerankAsync("q", Samples.Passages)).Logits);
        }

        Assert.NotEmpty(busy.Works);
    }

    [Fact]
    public async Task A_failing_worker_is_replaced_by_another()
    {
        FakeScoringWorker broken = Samples.Worker(0), whole = Samples.Worker(1);
        broken.Script = FakeScoringWorker.Always(WorkOutcome.Failed);
        await using var cluster = await RerankerTestCluster.StartAsync([broken, whole]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Samples.Expected("q", Samples.Passages), (await cluster.RerankAsync("q", Samples.Passages)).Logits);
        }

        Assert.NotEmpty(broken.Works);
    }

    [Fact]
    public async Task The_only_worker_is_tried_again_and_then_given_up()
    {
        var worker = Samples.Worker();
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
        FakeScoringWorker lost = Samples.Worker(0), whole = Samples.Worker(1);
        lost.Script = FakeScoringWorker.Always(WorkOutcome.DeviceLost);
        await using var cluster = await RerankerTestCluster.StartAsync([lost, whole]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Samples.Expected("q", Samples.Passages), (await cluster.RerankAsync("q", Samples.Passages)).Logits);
        }

        Assert.NotEmpty(lost.Works);
    }

    [Fact]
    public async Task A_device_that_was_the_only_one_is_not_asked_again()
    {
        var lost = Samples.Worker();
        lost.Script = FakeScoringWorker.Always(WorkOutcome.DeviceLost);
        await using var cluster = await RerankerTestCluster.StartAsync([lost]);

        Assert.Equal(RerankOutcome.Unavailable, (await cluster.RerankAsync("q", ["a"])).Outcome);
        Assert.Single(lost.Works);
    }

    [Fact]
    public async Task What_a_failing_device_hands_back_is_done_elsewhere()
    {
        FakeScoringWorker failing = Samples.Worker(0), whole = Samples.Worker(1);
        failing.Script = FakeScoringWorker.Always(WorkOutcome.DeviceFailing);
        await using var cluster = await RerankerTestCluster.StartAsync([failing, whole]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Samples.Expected("q", Samples.Passages), (await cluster.RerankAsync("q", Samples.Passages)).Logits);
        }

        Assert.NotEmpty(failing.Works);
    }

    [Fact]
    public async Task A_worker_that_is_suspended_gets_nothing_from_any_silo_until_it_works_again()
    {
        FakeScoringWorker suspended = Samples.Worker(), whole = Samples.Worker();
        suspended.ModelScript = static (_, status) => status with { Ready = false, Suspended = true };
        await using var cluster = await RerankerTestCluster.StartAsync([suspended], [whole]);
        while ((await cluster.FleetAsync()).Models[0].ReadyWorkers != 1)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        for (var i = 0; i < 16; i++)
        {
            Assert.Equal(Samples.Expected("q", Samples.Passages), (await cluster.RerankAsync("q", Samples.Passages, shard: i)).Logits);
        }

        Assert.Empty(suspended.Works);
        suspended.ModelScript = static (_, status) => status;
        for (var i = 0; suspended.Works.IsEmpty; i++)
        {
            Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", Samples.Passages, shard: i % 16)).Outcome);
        }
    }

    [Fact]
    public async Task Where_every_worker_is_suspended_a_request_is_told_so_at_once()
    {
        var worker = Samples.Worker();
        worker.ModelScript = static (_, status) => status with { Ready = false, Suspended = true };
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        Assert.Equal(RerankOutcome.Unavailable, (await cluster.RerankAsync("q", ["a"])).Outcome);
        Assert.Empty(worker.Works);
    }

    [Fact]
    public async Task A_score_that_is_no_number_is_no_answer()
    {
        FakeScoringWorker broken = Samples.Worker(0), whole = Samples.Worker(1);
        broken.Script = (work, _) => Task.FromResult(FakeScoringWorker.Scored(work) with { Logits = new float[work.Count - 1].Append(float.NaN).ToArray() });
        await using var cluster = await RerankerTestCluster.StartAsync([broken, whole]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Samples.Expected("q", Samples.Passages), (await cluster.RerankAsync("q", Samples.Passages)).Logits);
        }

        Assert.NotEmpty(broken.Works);
    }

    [Fact]
    public async Task When_every_worker_is_busy_so_is_the_fleet()
    {
        FakeScoringWorker one = Samples.Worker(0), two = Samples.Worker(1);
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
        var worker = Samples.Worker();
        worker.TokensPerSecond = 100;
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        var start = Stopwatch.GetTimestamp();
        var reply = await cluster.RerankAsync("q", [.. Enumerable.Range(0, 10).Select(i => new string((char)('a' + i), 495))], milliseconds: 20_000);

        Assert.Equal(RerankOutcome.Busy, reply.Outcome);

        // 5,000 tokens are 50 s of work; of the 20 s there was less when it was planned.
        Assert.InRange(reply.RetryAfterMilliseconds, 29_900, 30_100 + Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        Assert.Empty(worker.Works);
    }

    [Fact]
    public async Task A_long_queue_is_the_workers_to_refuse_for()
    {
        var worker = Samples.Worker();
        worker.Backlog = TimeSpan.FromSeconds(60);
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", ["a"], milliseconds: 20_000)).Outcome);

        worker.Script = FakeScoringWorker.Always(WorkOutcome.Busy);
        var refused = await cluster.RerankAsync("q", ["a"], milliseconds: 20_000);
        Assert.Equal(RerankOutcome.Busy, refused.Outcome);
        Assert.InRange(refused.RetryAfterMilliseconds, 45_000, 60_000);
    }

    [Fact]
    public async Task Work_that_is_stuck_on_a_device_is_copied_to_another_and_cancelled()
    {
        FakeScoringWorker silent = Samples.Worker(0), whole = Samples.Worker(1);
        (silent.Script, silent.Progress) = (FakeScoringWorker.Silent, FakeScoringWorker.Stuck);
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[silent, whole]],
            Dispatch = o => (o.Seed, o.HedgeShare) = (1, 1),
        });

        for (var i = 0; i < 4 || silent.Works.IsEmpty; i++)
        {
            Assert.Equal(Samples.Expected("q", ["a", "b"]), (await cluster.RerankAsync("q", ["a", "b"])).Logits);
        }

        await Until.TrueAsync(() => silent.Cancelled == silent.Works.Count);
    }

    [Fact]
    public async Task A_draining_worker_gets_no_work()
    {
        FakeScoringWorker draining = Samples.Worker(0), whole = Samples.Worker(1);
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
}
