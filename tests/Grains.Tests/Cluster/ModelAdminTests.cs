using Microsoft.Extensions.DependencyInjection;
using Reranker.Grains.Models;
using Reranker.Inference.Workers;
using Reranker.Models;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>Models are loaded, shared out and unloaded while requests run, and every answer is wholly of one of them.</summary>
public sealed class ModelAdminTests
{
    private static readonly FakeModel Old = new("mini", "1111");
    private static readonly FakeModel Next = new("other-name", "2222");
    private static readonly FakeModel Another = new("large", "3333");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_loaded_model_gets_no_request_of_its_name_before_it_has_a_share()
    {
        await using var cluster = await StartAsync();

        var reply = await cluster.Admin.LoadAsync(new LoadModel { Folder = "next", Name = "mini" }, Stop);
        Assert.Equal(ModelAdminOutcome.Done, reply.Outcome);
        var state = await UntilAsync(cluster, m => Phases(m, "2222") is [ModelPhase.Ready, ModelPhase.Ready] && Of(m, "2222")!.ReadyWorkers == 3);

        Assert.Equal((1, 0), (Of(state, "1111")!.Weight, Of(state, "2222")!.Weight));
        Assert.All(state.Models, m => Assert.True(m.IsDefault));
        Assert.All(await AskAllAsync(cluster), r => Assert.Equal("1111", r.ModelIdentity));
        Assert.All(await AskAllAsync(cluster, "mini"), r => Assert.Equal("1111", r.ModelIdentity));
        Assert.All(await AskAllAsync(cluster, "2222"), r => Assert.Equal(("2222", "mini"), (r.ModelIdentity, r.Model)));
    }

    [Fact]
    public async Task A_model_of_a_new_name_is_served_at_once_and_the_default_stays()
    {
        await using var cluster = await StartAsync();

        await cluster.Admin.LoadAsync(new LoadModel { Folder = "another" }, Stop);
        await UntilAsync(cluster, m => Of(m, "3333") is { ReadyWorkers: 3 });

        Assert.All(await AskAllAsync(cluster, "large"), r => Assert.Equal("3333", r.ModelIdentity));
        Assert.All(await AskAllAsync(cluster), r => Assert.Equal("1111", r.ModelIdentity));
        Assert.Equal(["1111", "3333"], (await cluster.FleetAsync()).Models.Select(m => m.Identity));
    }

    [Fact]
    public async Task Shares_choose_by_the_key_of_the_request_on_every_silo_alike()
    {
        await using var cluster = await StartAsync();
        await LoadNextAsync(cluster);

        Assert.Equal(ModelAdminOutcome.Done, (await RouteAsync(cluster, ("1111", 3), ("2222", 1))).Outcome);

        var keys = Enumerable.Range(0, 200).Select(i => $"request-{i}").ToArray();
        var first = await Task.WhenAll(keys.Select((key, i) => cluster.RerankAsync("q", ["a"], i, routeKey: key)));
        var again = await Task.WhenAll(keys.Select((key, i) => cluster.RerankAsync("q", ["a"], i + 77, routeKey: key)));

        Assert.Equal(first.Select(r => r.ModelIdentity), again.Select(r => r.ModelIdentity));
        Assert.InRange(first.Count(r => r.ModelIdentity == "2222"), 30, 70);

        // Without a key the share is drawn: both get some.
        var drawn = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => cluster.RerankAsync("q", ["a"], i)));
        Assert.InRange(drawn.Count(r => r.ModelIdentity == "2222"), 10, 100);
    }

    [Fact]
    public async Task A_rolling_change_under_load_fails_nobody_and_mixes_nothing()
    {
        await using var cluster = await StartAsync();
        foreach (var worker in cluster.Workers)
        {
            worker.TokensPerSecond = 10_000; // so that every request is spread over all workers
            worker.Script = async (work, token) =>
            {
                await Task.Delay(2, token);
                return ByIdentity(work);
            };
        }

        using var done = new CancellationTokenSource();
        var replies = new System.Collections.Concurrent.ConcurrentQueue<RerankReply>();
        var load = Enumerable.Range(0, 6).Select(i => Task.Run(
            async () =>
            {
                for (var n = 0; !done.IsCancellationRequested; n++)
                {
                    replies.Enqueue(await cluster.RerankAsync($"{i} {n}", [.. Enumerable.Range(0, 30).Select(p => new string('x', 10 + p) + n)], (n * 6) + i));
                }
            },
            Stop)).ToArray();
        await UntilAsync(() => replies.Count > 20);

        await LoadNextAsync(cluster);
        await RouteAsync(cluster, ("1111", 1), ("2222", 1));
        await UntilAsync(() => replies.Any(r => r.ModelIdentity == "2222"));
        await RouteAsync(cluster, ("2222", 1));
        Assert.Equal(ModelAdminOutcome.Done, (await cluster.Admin.UnloadAsync(new UnloadModel { Identity = "1111" }, Stop)).Outcome);
        await UntilAsync(cluster, m => Of(m, "1111") is null);
        var after = replies.Count;
        await UntilAsync(() => replies.Count > after + 20);
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
        await using var cluster = await StartAsync();
        await LoadNextAsync(cluster);
        var held = new TaskCompletionSource();
        foreach (var worker in cluster.Workers)
        {
            worker.Script = async (work, token) =>
            {
                await (work.ModelIdentity == "1111" ? held.Task : Task.CompletedTask).WaitAsync(token);
                return ByIdentity(work);
            };
        }

        var slow = cluster.RerankAsync("q", ["a"]);
        await UntilAsync(() => cluster.Workers.Any(w => !w.Works.IsEmpty));
        await RouteAsync(cluster, ("2222", 1));
        await cluster.Admin.UnloadAsync(new UnloadModel { Identity = "1111" }, Stop);
        var state = await UntilAsync(cluster, m => Phases(m, "1111") is [ModelPhase.Retiring, ModelPhase.Retiring]);

        Assert.Equal(1, Of(state, "1111")!.Silos.Sum(s => s.PinnedRequests));
        Assert.Equal("2222", (await cluster.RerankAsync("q", ["a"], 1)).ModelIdentity);
        Assert.Equal(RerankOutcome.UnknownModel, (await cluster.RerankAsync("q", ["a"], 1, model: "1111")).Outcome);
        Assert.All(cluster.Workers, w => Assert.Equal(2, w.Engines.Count));

        held.SetResult();
        Assert.Equal(("1111", 1f), ((await slow).ModelIdentity, (await slow).Logits[0]));
        await UntilAsync(cluster, m => Of(m, "1111") is null);
        Assert.All(cluster.Workers, w => Assert.Equal("2222", Assert.Single(w.Engines).ModelIdentity));
    }

    [Fact]
    public async Task Nobody_loses_the_last_model_of_a_name_unless_it_is_forced()
    {
        await using var cluster = await StartAsync();
        Task<ModelAdminReply> UnloadAsync(string identity, bool force = false)
            => cluster.Admin.UnloadAsync(new UnloadModel { Identity = identity, Force = force }, Stop);

        var last = await UnloadAsync("1111");
        Assert.Equal(ModelAdminOutcome.Refused, last.Outcome);
        Assert.Contains("default", last.Error, StringComparison.Ordinal);

        await LoadNextAsync(cluster);
        Assert.Equal(ModelAdminOutcome.Refused, (await UnloadAsync("1111")).Outcome); // it has all requests
        Assert.Equal(ModelAdminOutcome.Done, (await UnloadAsync("2222")).Outcome); // it has none
        Assert.Equal(ModelAdminOutcome.NotFound, (await UnloadAsync("4444")).Outcome);
        await UntilAsync(cluster, m => Of(m, "2222") is null);
        Assert.All(await AskAllAsync(cluster), r => Assert.Equal("1111", r.ModelIdentity));

        Assert.Equal(ModelAdminOutcome.Done, (await UnloadAsync("1111", force: true)).Outcome);
        await UntilAsync(cluster, m => m.Models.Length == 0);
        Assert.NotEqual(RerankOutcome.Ok, (await cluster.RerankAsync("q", ["a"])).Outcome);
    }

    [Fact]
    public async Task A_model_that_was_unloaded_can_be_loaded_again()
    {
        await using var cluster = await StartAsync();
        await LoadNextAsync(cluster);
        await cluster.Admin.UnloadAsync(new UnloadModel { Identity = "2222" }, Stop);
        await UntilAsync(cluster, m => Of(m, "2222") is null);

        await LoadNextAsync(cluster);

        Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", ["a"], model: "2222")).Outcome);
    }

    [Fact]
    public async Task What_cannot_be_loaded_says_why_and_is_tried_again_when_asked_again()
    {
        await using var cluster = await StartAsync();
        var broken = cluster.Host(cluster.Orleans.Silos[0].Name);
        broken.Loading = _ => throw new InvalidOperationException("no memory");

        var missing = await cluster.Admin.LoadAsync(new LoadModel { Folder = "nowhere" }, Stop);
        Assert.Equal((ModelAdminOutcome.Invalid, true), (missing.Outcome, missing.Error!.Contains("nowhere", StringComparison.Ordinal)));

        await cluster.Admin.LoadAsync(new LoadModel { Folder = "next", Name = "mini" }, Stop);
        var state = await UntilAsync(cluster, m => Phases(m, "2222").Order().SequenceEqual([ModelPhase.Ready, ModelPhase.Failed]));
        Assert.Equal("no memory", Of(state, "2222")!.Silos.Single(s => s.Phase == ModelPhase.Failed).Error);

        // The silo that has it serves it, through whichever silo the request comes.
        broken.Loading = _ => Task.CompletedTask;
        await LoadNextAsync(cluster);
    }

    [Theory]
    [InlineData("mini", "1111", 0, ModelAdminOutcome.Invalid)]
    [InlineData("mini", "1111", -1, ModelAdminOutcome.Invalid)]
    [InlineData("mini", "1111", double.NaN, ModelAdminOutcome.Invalid)]
    [InlineData("mini", "4444", 1, ModelAdminOutcome.NotFound)]
    [InlineData("tiny", "1111", 1, ModelAdminOutcome.NotFound)]
    [InlineData("mini", "2222", 1, ModelAdminOutcome.Refused)] // it is not loaded yet
    public async Task A_wrong_share_changes_nothing(string name, string identity, double weight, ModelAdminOutcome outcome)
    {
        await using var cluster = await StartAsync();
        var held = new TaskCompletionSource();
        foreach (var silo in cluster.Orleans.Silos)
        {
            cluster.Host(silo.Name).Loading = _ => held.Task;
        }

        await cluster.Admin.LoadAsync(new LoadModel { Folder = "next", Name = "mini" }, Stop);
        var reply = await cluster.Admin.RouteAsync(
            new RouteModel { Name = name, Shares = [new ModelShare { Identity = identity, Weight = weight }] }, Stop);

        Assert.Equal(outcome, reply.Outcome);
        Assert.NotNull(reply.Error);
        Assert.Equal("1111", (await cluster.RerankAsync("q", ["a"])).ModelIdentity);
        held.SetResult();
    }

    [Fact]
    public async Task A_silo_that_joins_later_learns_what_the_others_were_told()
    {
        await using var cluster = await StartAsync();
        await LoadNextAsync(cluster);
        await RouteAsync(cluster, ("2222", 1));
        await cluster.Admin.UnloadAsync(new UnloadModel { Identity = "1111" }, Stop);
        await UntilAsync(cluster, m => Of(m, "1111") is null);

        // It starts with the model of its configuration, which is retired.
        var joined = await cluster.Orleans.StartAdditionalSiloAsync();
        var catalog = cluster.Orleans.GetSiloServiceProvider(joined.SiloAddress).GetRequiredService<IModelCatalog>();
        await UntilAsync(() => catalog.Models is [{ Identity: "2222" }]);

        Assert.All(await AskAllAsync(cluster), r => Assert.Equal((RerankOutcome.Ok, "2222"), (r.Outcome, r.ModelIdentity)));
    }

    private static Task<RerankerTestCluster> StartAsync() => RerankerTestCluster.StartAsync(new TestClusterSettings
    {
        Silos = [[new FakeScoringWorker(Old) { Ordinal = 0 }, new FakeScoringWorker(Old) { Ordinal = 1 }], [new FakeScoringWorker(Old)]],
        Catalog = [Old.ToCatalog()],
        Shelf = new Dictionary<string, FakeModel> { ["old"] = Old, ["next"] = Next, ["another"] = Another },
    });

    private static async Task LoadNextAsync(RerankerTestCluster cluster)
    {
        await cluster.Admin.LoadAsync(new LoadModel { Folder = "next", Name = "mini" }, Stop);
        await UntilAsync(cluster, m => Phases(m, "2222") is [ModelPhase.Ready, ModelPhase.Ready] && Of(m, "2222")!.ReadyWorkers == 3);
    }

    private static Task<ModelAdminReply> RouteAsync(RerankerTestCluster cluster, params (string Identity, double Weight)[] shares)
        => cluster.Admin.RouteAsync(
            new RouteModel { Name = "mini", Shares = [.. shares.Select(s => new ModelShare { Identity = s.Identity, Weight = s.Weight })] }, Stop);

    private static Task<RerankReply[]> AskAllAsync(RerankerTestCluster cluster, string? model = null)
        => Task.WhenAll(Enumerable.Range(0, 12).Select(shard => cluster.RerankAsync("q", ["a", "b"], shard, model: model)));

    private static ScoreResult ByIdentity(ScoreWork work) => FakeScoringWorker.Scored(work) with
    {
        Logits = [.. Enumerable.Repeat(work.ModelIdentity == "1111" ? 1f : 2f, work.Count)],
    };

    private static ModelState? Of(ModelAdminReply reply, string identity) => Array.Find(reply.Models, m => m.Identity == identity);

    private static ModelPhase[] Phases(ModelAdminReply reply, string identity)
        => Of(reply, identity) is { } model ? [.. model.Silos.Select(s => s.Phase)] : [];

    private static async Task<ModelAdminReply> UntilAsync(RerankerTestCluster cluster, Func<ModelAdminReply, bool> condition)
    {
        ModelAdminReply reply = null!;
        for (var i = 0; i < 600; i++)
        {
            reply = await cluster.Admin.GetAsync(Stop);
            if (condition(reply))
            {
                return reply;
            }

            await Task.Delay(50, Stop);
        }

        Assert.Fail(System.Text.Json.JsonSerializer.Serialize(reply));
        return reply;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 3_000 && !condition(); i++)
        {
            await Task.Delay(10, Stop);
        }

        Assert.True(condition());
    }
}
