using System.Collections.Concurrent;
using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Models;
using Reranker.Requests;
using Reranker.TestKit;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>Models are changed while requests run: every answer is wholly of one of them, and nobody loses one.</summary>
public sealed class ModelChangeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rolling_change_under_load_fails_nobody_and_mixes_nothing()
    {
        await using var cluster = await ModelCluster.StartAsync();
        foreach (var worker in cluster.Workers)
        {
            worker.TokensPerSecond = 10_000; // so that every request is spread over all workers
            worker.Script = async (work, token) =>
            {
                await Task.Delay(2, token);
                return ModelCluster.ByIdentity(work);
            };
        }

        using var done = new CancellationTokenSource();
        var replies = new ConcurrentQueue<RerankReply>();
        var load = Enumerable.Range(0, 6).Select(i => Task.Run(
            async () =>
            {
                for (var n = 0; !done.IsCancellationRequested; n++)
                {
                    replies.Enqueue(await cluster.RerankAsync($"{i} {n}", [.. Enumerable.Range(0, 30).Select(p => new string('x', 10 + p) + n)], (n * 6) + i));
                }
            },
            Stop)).ToArray();
        await Until.TrueAsync(() => replies.Count > 20);

        await cluster.LoadNextAsync();
        await cluster.RouteAsync(("1111", 1), ("2222", 1));
        await Until.TrueAsync(() => replies.Any(r => r.ModelIdentity == "2222"));
        await cluster.RouteAsync(("2222", 1));
        Assert.Equal(ModelAdminOutcome.Done, (await cluster.Admin.UnloadModelAsync(new UnloadModel { Identity = "1111" }, Stop)).Outcome);
        await cluster.UntilAsync(m => m.Of("1111") is null);
        var after = replies.Count;
        await Until.TrueAsync(() => replies.Count > after + 20);
        await done.CancelAsync();
        await Task.WhenAll(load);

        Assert.All(replies, r => Assert.Equal((RerankOutcome.Ok, null), (r.Outcome, r.Error)));
        Assert.All(replies, r => Assert.All(r.Logits, l => Assert.Equal(r.ModelIdentity == "1111" ? 1f : 2f, l)));
        Assert.Contains(replies, r => r.ModelIdentity == "1111");
        Assert.All(replies.Skip(after + 6), r => Assert.Equal("2222", r.ModelIdentity));
        Assert.All(cluster.Workers, w => Assert.Equal("2222", Assert.Single(w.Engines).ModelIdentity));
        Assert.DoesNotContain(cluster.Log.Lines, l => l.Contains("starts again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_is_unloaded_only_when_the_last_request_that_is_pinned_to_it_has_ended()
    {
        await using var cluster = await ModelCluster.StartAsync();
        await cluster.LoadNextAsync();
        var held = new TaskCompletionSource();
        foreach (var worker in cluster.Workers)
        {
            worker.Script = async (work, token) =>
            {
                await (work.ModelIdentity == "1111" ? held.Task : Task.CompletedTask).WaitAsync(token);
                return ModelCluster.ByIdentity(work);
            };
        }

        var slow = cluster.RerankAsync("q", ["a"]);
        await Until.TrueAsync(() => cluster.Workers.Any(w => !w.Works.IsEmpty));
        await cluster.RouteAsync(("2222", 1));
        await cluster.Admin.UnloadModelAsync(new UnloadModel { Identity = "1111" }, Stop);
        var state = await cluster.UntilAsync(m => m.Phases("1111") is [ModelPhase.Retiring, ModelPhase.Retiring]);

        Assert.Equal(1, state.Of("1111")!.Silos.Sum(s => s.PinnedRequests));
        Assert.Equal("2222", (await cluster.RerankAsync("q", ["a"], 1)).ModelIdentity);
        Assert.Equal(RerankOutcome.UnknownModel, (await cluster.RerankAsync("q", ["a"], 1, model: "1111")).Outcome);
        Assert.All(cluster.Workers, w => Assert.Equal(2, w.Engines.Count));

        held.SetResult();
        Assert.Equal(("1111", 1f), ((await slow).ModelIdentity, (await slow).Logits[0]));
        await cluster.UntilAsync(m => m.Of("1111") is null);
        Assert.All(cluster.Workers, w => Assert.Equal("2222", Assert.Single(w.Engines).ModelIdentity));
    }
}
