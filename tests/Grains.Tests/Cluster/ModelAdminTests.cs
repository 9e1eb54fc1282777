using Microsoft.Extensions.DependencyInjection;
using Reranker.Grains.Models;
using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Models;
using Reranker.Requests;
using Reranker.TestKit;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>Models are loaded and unloaded on every silo of a cluster that runs.</summary>
public sealed class ModelAdminTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_loaded_model_gets_no_request_of_its_name_before_it_has_a_share()
    {
        await using var cluster = await ModelCluster.StartAsync();

        var reply = await cluster.Admin.LoadModelAsync(new LoadModel { Folder = "next", Name = "mini" }, Stop);
        Assert.Equal(ModelAdminOutcome.Done, reply.Outcome);
        var state = await cluster.UntilAsync(m => m.Phases("2222") is [ModelPhase.Ready, ModelPhase.Ready] && m.Of("2222")!.ReadyWorkers == 3);

        Assert.Equal((1, 0), (state.Of("1111")!.Weight, state.Of("2222")!.Weight));
        Assert.All(state.Models, m => Assert.True(m.IsDefault));
        Assert.All(await cluster.AskAllAsync(), r => Assert.Equal("1111", r.ModelIdentity));
        Assert.All(await cluster.AskAllAsync("mini"), r => Assert.Equal("1111", r.ModelIdentity));
        Assert.All(await cluster.AskAllAsync("2222"), r => Assert.Equal(("2222", "mini"), (r.ModelIdentity, r.Model)));
    }

    [Fact]
    public async Task A_model_of_a_new_name_is_served_at_once_and_the_default_stays()
    {
        await using var cluster = await ModelCluster.StartAsync();

        await cluster.Admin.LoadModelAsync(new LoadModel { Folder = "another" }, Stop);
        await cluster.UntilAsync(m => m.Of("3333") is { ReadyWorkers: 3 });

        Assert.All(await cluster.AskAllAsync("large"), r => Assert.Equal("3333", r.ModelIdentity));
        Assert.All(await cluster.AskAllAsync(), r => Assert.Equal("1111", r.ModelIdentity));
        Assert.Equal(["1111", "3333"], (await cluster.FleetAsync()).Models.Select(m => m.Identity));
    }

    [Fact]
    public async Task Nobody_loses_the_last_model_of_a_name_unless_it_is_forced()
    {
        await using var cluster = await ModelCluster.StartAsync();
        Task<ModelAdminReply> UnloadAsync(string identity, bool force = false)
            => cluster.Admin.UnloadModelAsync(new UnloadModel { Identity = identity, Force = force }, Stop);

        var last = await UnloadAsync("1111");
        Assert.Equal(ModelAdminOutcome.Refused, last.Outcome);
        Assert.Contains("default", last.Error, StringComparison.Ordinal);

        await cluster.LoadNextAsync();
        Assert.Equal(ModelAdminOutcome.Refused, (await UnloadAsync("1111")).Outcome); // it has all requests
        Assert.Equal(ModelAdminOutcome.Done, (await UnloadAsync("2222")).Outcome); // it has none
        Assert.Equal(ModelAdminOutcome.NotFound, (await UnloadAsync("4444")).Outcome);
        await cluster.UntilAsync(m => m.Of("2222") is null);
        Assert.All(await cluster.AskAllAsync(), r => Assert.Equal("1111", r.ModelIdentity));

        Assert.Equal(ModelAdminOutcome.Done, (await UnloadAsync("1111", force: true)).Outcome);
        await cluster.UntilAsync(m => m.Models.Length == 0);
        Assert.NotEqual(RerankOutcome.Ok, (await cluster.RerankAsync("q", ["a"])).Outcome);
    }

    [Fact]
    public async Task A_model_that_was_unloaded_can_be_loaded_again()
    {
        await using var cluster = await ModelCluster.StartAsync();
        await cluster.LoadNextAsync();
        await cluster.Admin.UnloadModelAsync(new UnloadModel { Identity = "2222" }, Stop);
        await cluster.UntilAsync(m => m.Of("2222") is null);

        await cluster.LoadNextAsync();

        Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", ["a"], model: "2222")).Outcome);
    }

    [Fact]
    public async Task What_cannot_be_loaded_says_why_and_is_tried_again_when_asked_again()
    {
        await using var cluster = await ModelCluster.StartAsync();
        var broken = cluster.Host(cluster.Orleans.Silos[0].Name);
        broken.Loading = _ => throw new InvalidOperationException("no memory");

        var missing = await cluster.Admin.LoadModelAsync(new LoadModel { Folder = "nowhere" }, Stop);
        Assert.Equal((ModelAdminOutcome.Invalid, true), (missing.Outcome, missing.Error!.Contains("nowhere", StringComparison.Ordinal)));

        await cluster.Admin.LoadModelAsync(new LoadModel { Folder = "next", Name = "mini" }, Stop);
        var state = await cluster.UntilAsync(m => m.Phases("2222").Order().SequenceEqual([ModelPhase.Ready, ModelPhase.Failed]));
        Assert.Equal("no memory", state.Of("2222")!.Silos.Single(s => s.Phase == ModelPhase.Failed).Error);

        // The silo that has it serves it, through whichever silo the request comes.
        broken.Loading = _ => Task.CompletedTask;
        await cluster.LoadNextAsync();
    }

    [Fact]
    public async Task A_silo_that_joins_later_learns_what_the_others_were_told()
    {
        await using var cluster = await ModelCluster.StartAsync();
        await cluster.LoadNextAsync();
        await cluster.RouteAsync(("2222", 1));
        await cluster.Admin.UnloadModelAsync(new UnloadModel { Identity = "1111" }, Stop);
        await cluster.UntilAsync(m => m.Of("1111") is null);

        // It starts with the model of its configuration, which is retired.
        var joined = await cluster.Orleans.StartAdditionalSiloAsync();
        var catalog = cluster.Orleans.GetSiloServiceProvider(joined.SiloAddress).GetRequiredService<IModelCatalog>();
        await Until.TrueAsync(() => catalog.Models is [{ Identity: "2222" }]);

        Assert.All(await cluster.AskAllAsync(), r => Assert.Equal((RerankOutcome.Ok, "2222"), (r.Outcome, r.ModelIdentity)));
    }
}
