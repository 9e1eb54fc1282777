using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Models;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>The requests of a name are shared out among its models.</summary>
public sealed class ModelShareTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shares_choose_by_the_key_of_the_request_on_every_silo_alike()
    {
        await using var cluster = await ModelCluster.StartAsync();
        await cluster.LoadNextAsync();

        Assert.Equal(ModelAdminOutcome.Done, (await cluster.RouteAsync(("1111", 3), ("2222", 1))).Outcome);

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
    public async Task A_wrong_share_changes_nothing()
    {
        await using var cluster = await ModelCluster.StartAsync();
        var held = new TaskCompletionSource();
        foreach (var silo in cluster.Orleans.Silos)
        {
            cluster.Host(silo.Name).Loading = _ => held.Task;
        }

        await cluster.Admin.LoadModelAsync(new LoadModel { Folder = "next", Name = "mini" }, Stop);
        (string Name, string Identity, double Weight, ModelAdminOutcome Outcome)[] wrong =
        [
            ("mini", "1111", 0, ModelAdminOutcome.Invalid),
            ("mini", "1111", -1, ModelAdminOutcome.Invalid),
            ("mini", "1111", double.NaN, ModelAdminOutcome.Invalid),
            ("mini", "4444", 1, ModelAdminOutcome.NotFound),
            ("tiny", "1111", 1, ModelAdminOutcome.NotFound),
            ("mini", "2222", 1, ModelAdminOutcome.Refused), // it is not loaded yet
        ];
        foreach (var (name, identity, weight, outcome) in wrong)
        {
            var reply = await cluster.Admin.SetSharesAsync(
                new RouteModel { Name = name, Shares = [new ModelShare { Identity = identity, Weight = weight }] }, Stop);

            Assert.Equal((name, identity, weight, outcome), (name, identity, weight, reply.Outcome));
            Assert.NotNull(reply.Error);
            Assert.Equal("1111", (await cluster.RerankAsync("q", ["a"])).ModelIdentity);
        }

        held.SetResult();
    }
}
